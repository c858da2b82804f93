import type { AddressRefusal } from '../address-rules.ts';
import { problem } from '../problems.ts';
import type { Step } from '../request-exchange.ts';

const DETAILS: Record<AddressRefusal, string> = {
  address_denied: 'Calls from your address are refused here.',
  address_not_allowed: 'Calls are accepted from some addresses only, and yours is not one of them.',
  address_unknown: 'Your address is not known, and calls are accepted from known addresses only.',
};

/** Some routes are for some networks only. Before authentication: from elsewhere no credential is even looked at. */
export const addresses: Step = {
  name: 'addresses',
  run(exchange) {
    const reason = exchange.route?.addresses?.(exchange.client?.address ?? '');
    if (reason === undefined) return undefined;
    exchange.reason = reason;
    return problem('address_refused', { detail: DETAILS[reason], members: { reason } });
  },
};

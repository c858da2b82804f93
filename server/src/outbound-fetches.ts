import { readFileSync } from 'node:fs';
import { createSafeFetch, type SafeFetch } from '#base';
import { type Configuration, configurationErrors } from '#configuration';
import type { OutboundFetches } from '#oauth';

type Outbound = Configuration['outbound'];
type Purpose = Exclude<keyof Outbound, 'authorities'>;

/**
 * The guarded fetch for each purpose: public addresses over https, and the networks that the operator opened to that purpose.
 * @throws `configuration_invalid`
 */
export function outboundFetches(outbound: Outbound): OutboundFetches {
  const fetchFor = fetchFrom(outbound);
  return { clients: fetchFor('clients'), issuers: fetchFor('issuers'), backChannel: fetchFor('backChannel') };
}

/** The one with which events are told. @throws `configuration_invalid` */
export const webhookFetch = (outbound: Outbound): SafeFetch => fetchFrom(outbound)('webhooks');

/** The one with which sign-ins ask the services that a policy names. @throws `configuration_invalid` */
export const signInFetch = (outbound: Outbound): SafeFetch => fetchFrom(outbound)('signIn');

function fetchFrom({ authorities, ...ranges }: Outbound): (purpose: Purpose) => SafeFetch {
  const certificates = authorities === undefined ? {} : { certificates: [readPem(authorities)] };
  return (purpose) => createSafeFetch({ ...certificates, allowRanges: ranges[purpose], allowHttp: 'in_ranges' });
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `outbound.authorities: ${path} could not be read. Check the path and its permissions.`;
    throw configurationErrors.configuration_invalid({ message, cause });
  }
}

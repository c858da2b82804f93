import type { MaskGroup } from '../masking/compile-mask.ts';
import { problem } from '../problems.ts';
import type { RequestExchange, Step } from '../request-exchange.ts';
import { decisionRequest } from './authorize.ts';

/** What of the answer may this caller see? Decided like the request itself, for each group of fields. */
export const mask: Step = {
  name: 'mask',
  run(exchange) {
    const { route } = exchange;
    if (route?.mask === undefined) return undefined;
    const hidden = route.mask.groups.filter((group) => !maySee(exchange, group));
    exchange.masked = {
      hidden,
      mark: route.mask.markOf(hidden),
      bytesMax: route.mask.bytesMax,
      tags: exchange.parts.entityTags,
      resource: `${route.tenantId} ${exchange.target?.path ?? ''}`,
    };
    return undefined;
  },
};

/** Where another program carries the answer, nothing can be hidden in it. */
export const demandNothingHidden: Step = {
  name: 'mask',
  run(exchange) {
    mask.run(exchange);
    if ((exchange.masked?.hidden.length ?? 0) === 0) return undefined;
    exchange.reason = 'answer_not_carried';
    return problem('answer_not_carried');
  },
};

/** Whatever goes wrong, the answer is no. */
function maySee(exchange: RequestExchange, group: MaskGroup): boolean {
  const { route, principal, parts } = exchange;
  if (route === undefined || principal === undefined) return false;
  const request = decisionRequest(exchange, route, principal);
  return parts.authorizer.decide({
    ...request,
    action: group.action ?? request.action,
    requiredScopes: group.scopes,
    requiredRoles: group.roles,
    policyRequired: group.policyRequired,
    openToAnyone: false,
  }).allowed;
}

import { chooseTarget } from '../clients/choose-target.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import { established } from '../protocol/endpoint.ts';
import { param, paramsNamed, printable } from '../protocol/read-params.ts';
import type { ExchangeContext } from './exchange-context.ts';

/**
 * RFC 8693 §2.1: where the new token will be good, and for what. What was asked for ∩ what the subject's token may ∩ what
 * the client may ∩ what the API knows: an exchange moves authority and never makes any.
 */
export function narrowTarget(context: ExchangeContext): undefined {
  const { deps, client, params } = context;
  const subject = established(context, 'subject');
  const asked = readScope(param(params, 'scope'));
  const wider = asked.find((scope) => !subject.scopes.includes(scope));
  if (wider !== undefined) {
    throw oauthErrors.exchange_scope_wider({
      message: `The subject_token does not have the scope ${printable(wider)}. An exchange can only narrow: leave it out.`,
    });
  }
  const { api, scopes } = chooseTarget(
    deps.clients,
    client,
    { resources: namedTargets(context), scopes: asked },
    false,
  );
  context.target = { api, scopes: scopes.filter((scope) => subject.scopes.includes(scope)) };
}

/** `audience` is a logical name (RFC 8693 §2.1): that of the API, or its audience, which `resource` is as well. */
function namedTargets({ deps, client, params }: ExchangeContext): string[] {
  const audience = param(params, 'audience');
  const byName = audience === undefined ? undefined : deps.clients.api(client.tenantId, audience)?.audience;
  return [...new Set([...paramsNamed(params, 'resource'), ...(audience === undefined ? [] : [byName ?? audience])])];
}

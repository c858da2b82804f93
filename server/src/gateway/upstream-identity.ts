import { plainIdentity } from './plain-identity.ts';
import { problem } from './problems.ts';
import type { RequestExchange, StepResult } from './request-exchange.ts';

/** Who calls, as the upstream is told: headers, or why it can't be told. */
export type UpstreamIdentity = readonly string[] | NonNullable<StepResult>;

export const isHeaders = (found: UpstreamIdentity): found is readonly string[] => Array.isArray(found);

/** At once when everything is at hand. */
export function upstreamIdentity(exchange: RequestExchange): UpstreamIdentity | Promise<UpstreamIdentity> {
  const { route, principal, parts, at, accessToken, carried } = exchange;
  if (route === undefined || principal === undefined) return problem('gateway_failed');
  const { identityAudience, upstreamToken, plainIdentity: told } = route;
  const plain = told === undefined ? [] : plainIdentity(told, principal, carried);
  const identity =
    identityAudience === undefined ? undefined : parts.identity.identityFor(principal, identityAudience, at);
  if (upstreamToken === undefined) {
    return identity instanceof Promise
      ? identity.then((text) => headersOf(plain, text, undefined))
      : headersOf(plain, identity, undefined);
  }
  const token = parts.upstreamTokens?.tokenFor({ principal, accessToken }, upstreamToken, at);
  if (token === undefined) {
    // Also a rejected promise that nobody waits for would be heard of.
    if (identity instanceof Promise) identity.catch(() => undefined);
    exchange.reason = 'upstream_token_unavailable';
    return problem('upstream_token_unavailable');
  }
  if (!(identity instanceof Promise) && !(token instanceof Promise)) return headersOf(plain, identity, token);
  return Promise.all([identity, token]).then(([text, passed]) => headersOf(plain, text, passed));
}

function headersOf(plain: string[], identity: string | undefined, token: string | undefined): readonly string[] {
  if (identity !== undefined) plain.push('gatehouse-identity', identity);
  if (token !== undefined) plain.push('authorization', `Bearer ${token}`);
  return plain;
}

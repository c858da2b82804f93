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
  const plain = told === undefined ? NOTHING : plainIdentity(told, principal, carried);
  const identity =
    identityAudience === undefined ? undefined : parts.identity.identityFor(principal, identityAudience, at);
  if (upstreamToken === undefined) {
    return identity instanceof Promise
      ? headersLater(plain, identity, undefined)
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
  return headersLater(plain, identity, token);
}

type Later<Value> = Value | Promise<Value>;

const NOTHING: readonly string[] = [];

/** Apart from who calls it: a closure there would cost each request an object. */
async function headersLater(
  plain: readonly string[],
  identity: Later<string | undefined>,
  token: Later<string | undefined>,
): Promise<readonly string[]> {
  const [text, passed] = await Promise.all([identity, token]);
  return headersOf(plain, text, passed);
}

function headersOf(
  plain: readonly string[],
  identity: string | undefined,
  token: string | undefined,
): readonly string[] {
  // Most routes tell this and nothing else.
  if (plain === NOTHING && identity !== undefined && token === undefined) return ['gatehouse-identity', identity];
  const told = [...plain];
  if (identity !== undefined) told.push('gatehouse-identity', identity);
  if (token !== undefined) told.push('authorization', `Bearer ${token}`);
  return told;
}

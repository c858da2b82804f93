import type { CredentialEnvironment, Principal } from '#base';
import type { EnvironmentRules } from '../compile-route.ts';
import { type Problem, problem } from '../problems.ts';
import type { RequestExchange } from '../request-exchange.ts';

/**
 * What a route makes of the environment of the key: refused, or sent where test keys go. Asked where whoever is known by
 * whatever credential comes by: a key, a token made from one, whoever acts with it.
 */
export function judgeEnvironment(
  exchange: RequestExchange,
  { refused, forTest }: EnvironmentRules,
  { credential: { environment } }: Principal,
): Problem | undefined {
  if (environment === undefined) return undefined;
  if (environment === refused) return refusal(exchange, environment, DETAILS[environment]);
  if (environment !== 'test' || forTest === undefined) return undefined;
  // A proxy in front sends all of a route's requests to the place that it knows, which is the live one.
  if (exchange.carried) return refusal(exchange, environment, CARRIED);
  exchange.route = forTest;
  if (forTest.closed === undefined) return undefined;
  // Never the live service instead.
  exchange.reason = 'test_upstream_unusable';
  return problem('route_unavailable', { detail: UNUSABLE });
}

function refusal(exchange: RequestExchange, environment: CredentialEnvironment, detail: string): Problem {
  exchange.reason = 'environment_refused';
  return problem('environment_refused', { detail, members: { environment } });
}

const UNUSABLE = 'Where test keys go on this route is not usable as it is configured. The operator must correct it.';
const CARRIED =
  'Test keys go to a service of their own here, where the proxy in front can not lead them. Use a live key, or ask the operator for a route of test keys.';
const DETAILS: Record<CredentialEnvironment, string> = {
  test: 'This is a test key, or a token made from one, and the route takes live keys only. Use a live key.',
  live: 'This is a live key, or a token made from one, and the route takes test keys only. Use a test key.',
};

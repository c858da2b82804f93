import type { Decision, DecisionRequest, Principal } from '#base';
import type { CompiledRoute } from '../compile-route.ts';
import { fillTemplate } from '../path-pattern.ts';
import { problem } from '../problems.ts';
import type { RequestExchange, Step, StepResult } from '../request-exchange.ts';
import { fetchMetadata, isNavigation } from '../sessions/same-origin.ts';
import { loginAddress } from '../sessions/take-session.ts';
import { hostName } from '../snapshot.ts';
import { certificateOf } from './client-certificate.ts';
import { judgeEnvironment } from './environment.ts';

/** Asks whether this principal may do this. Every request is decided anew: nothing is remembered between two. */
export const authorize: Step = {
  name: 'authorize',
  run(exchange) {
    const { principal } = exchange;
    if (exchange.route === undefined || principal === undefined) return problem('gateway_failed');
    if (exchange.route.environments !== undefined) {
      const found = judgeEnvironment(exchange, exchange.route.environments, principal);
      if (found !== undefined) return found;
    }
    const { route } = exchange;
    const decision = exchange.parts.authorizer.decide(decisionRequest(exchange, route, principal), {
      decisionId: exchange.decisionId,
      source: 'gateway',
    });
    exchange.decision = decision;
    if (decision.allowed) return demandFreshSignIn(exchange, route, principal);
    exchange.reason = decision.reason;
    if (decision.reason === 'engine_error') return problem('decision_unavailable');
    return denied(decision, route);
  },
};

/**
 * RFC 9470: this person may do it, but must have signed in more strongly, or more lately, than the token tells. 401 and
 * not 403, because a new sign-in is what helps. A credential that knows of no sign-in can't fulfil it at all.
 */
function demandFreshSignIn(exchange: RequestExchange, route: CompiledRoute, principal: Principal): StepResult {
  const { acr, authTime } = principal;
  const { acceptedAcr, maxAgeSeconds } = route;
  const strong = acceptedAcr === undefined || (acr !== undefined && acceptedAcr.includes(acr));
  const fresh =
    maxAgeSeconds === undefined || (authTime !== undefined && exchange.at / 1000 - authTime <= maxAgeSeconds);
  if (strong && fresh) return undefined;
  exchange.reason = 'authentication_insufficient';
  exchange.note('authorize', howFarFrom(route, principal, exchange.at));
  const asked = {
    ...(acceptedAcr === undefined ? {} : { acr_values: acceptedAcr.join(' ') }),
    ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
  };
  const session =
    principal.credential.type === 'session' ? exchange.tenant?.sessions.get(route.session ?? '') : undefined;
  // Somebody who goes here is sent to sign in as the route asks, and comes back; a page that asks is told where.
  if (session !== undefined && isNavigation(exchange.head.method, fetchMetadata(exchange.head.headers))) {
    const location = loginAddress(exchange, session, asked);
    return problem('authentication_insufficient', { status: 303, headers: ['location', location] });
  }
  const knowsNone = acr === undefined && authTime === undefined;
  return problem('authentication_insufficient', {
    ...(session === undefined ? (knowsNone ? { detail: NO_SIGN_IN } : {}) : { detail: OF_A_SESSION }),
    members: {
      reason: strong ? 'too_long_ago' : 'too_weak',
      ...(acceptedAcr === undefined ? {} : { acr_values: acceptedAcr }),
      ...(maxAgeSeconds === undefined ? {} : { max_age: maxAgeSeconds }),
      ...(session === undefined ? {} : { login: `${session.loginPath}?${new URLSearchParams(asked)}` }),
    },
    headers: ['www-authenticate', route.challengeStepUp],
  });
}

const OF_A_SESSION =
  'For this your visitor must sign in again, or more strongly. Send them to `login`, with a `return_to` of your own.';
const NO_SIGN_IN =
  'This takes a person who signed in, and the credential knows of no sign-in. Ask for a token with the acr_values and max_age named here.';

/** What was asked and what there was: for who asks later why. */
function howFarFrom({ acceptedAcr, maxAgeSeconds }: CompiledRoute, { acr, authTime }: Principal, at: number): string {
  const asked = [
    ...(acceptedAcr === undefined ? [] : [`acr ${acceptedAcr.join(' or ')}`]),
    ...(maxAgeSeconds === undefined ? [] : [`a sign-in of the last ${maxAgeSeconds} s`]),
  ];
  const age = authTime === undefined ? 'at an unknown time' : `${Math.floor(at / 1000 - authTime)} s ago`;
  const had = acr === undefined && authTime === undefined ? 'knows of no sign-in' : `has ${acr ?? 'no acr'}, ${age}`;
  return `authentication insufficient, the route asks for ${asked.join(' and ')}, the credential ${had}`;
}

export function decisionRequest(
  exchange: RequestExchange,
  route: CompiledRoute,
  principal: Principal,
): DecisionRequest {
  const { head, values } = exchange;
  const parameters: Record<string, string> = {};
  for (let index = 0; index < values.length; index += 1) {
    const name = route.pattern.names[index];
    if (name !== undefined && name !== '') parameters[name] = values[index] ?? '';
  }
  return {
    principal,
    // HEAD asks what GET would answer (RFC 9110 §9.3.2): a policy on GET must not be passed by asking for less.
    action: route.action ?? (head.method === 'HEAD' ? 'GET' : head.method),
    resource: { type: route.resourceType, id: fillTemplate(route.resourceId, values) },
    context: contextOf(exchange, route, parameters),
    requiredScopes: route.requiredScopes,
    requiredRoles: route.requiredRoles,
    policyRequired: route.policyRequired,
    openToAnyone: route.anonymous,
  };
}

function contextOf(
  exchange: RequestExchange,
  route: CompiledRoute,
  parameters: Record<string, string>,
): Record<string, unknown> {
  const { head, client } = exchange;
  const context: Record<string, unknown> = {
    ip: client?.address ?? '',
    method: head.method,
    path: exchange.target?.path ?? '',
    // As it was matched: a port or a final dot must not get around a policy that names the host.
    host: hostName(head.host),
    time: exchange.parts.isoTime(exchange.at),
    route: route.name,
    encrypted: client?.encrypted ?? false,
    parameters,
  };
  const certificate = certificateOf(exchange);
  // That the device is one of ours, whoever uses it, and whatever else the caller is known by.
  if (certificate !== undefined) context.certificate = { name: certificate.name, thumbprint: certificate.thumbprint };
  return context;
}

function denied(decision: Decision, route: CompiledRoute) {
  const members: Record<string, unknown> = { reason: decision.reason };
  if (decision.missingScopes !== undefined) members.missing_scopes = decision.missingScopes;
  // RFC 6750 §3.1: insufficient_scope names what the resource needs. Other reasons are not the credential's fault.
  const headers = decision.reason === 'missing_scope' ? ['www-authenticate', route.challengeScope] : [];
  return problem('access_denied', { detail: decision.summary, members, headers });
}

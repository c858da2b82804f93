import type { Principal } from '#base';
import { equalSecrets } from '#base';
import type { CompiledRoute } from '../compile-route.ts';
import type { Verification, VerificationReason } from '../ports.ts';
import { type Problem, problem } from '../problems.ts';
import type { RequestExchange, StepResult } from '../request-exchange.ts';
import { hostName } from '../snapshot.ts';
import type { BrowserSessions, LiveSession } from './browser-sessions.ts';
import type { CompiledSession } from './compile-session.ts';
import { type FetchMetadata, fetchMetadata, headerOf, isFromOrigin, isNavigation, mayRead } from './same-origin.ts';
import { clearCookie, readCookie } from './session-cookies.ts';
import { isOfIssuer } from './session-flows.ts';

/** What a page sends with everything that changes something. Never passed on, as its beginning says. */
export const CSRF_HEADER = 'x-gatehouse-csrf';

/** Here a cookie may say who calls, and this one does; undefined: none does. */
export function sessionCookie(exchange: RequestExchange, session: CompiledSession): string | undefined {
  const { head } = exchange;
  return hostName(head.host) === session.hostname ? readCookie(head.headers, session.cookie) : undefined;
}

/** Who calls is whoever the session's token says, once it is certain that a page of ours asks. */
export function takeSession(
  exchange: RequestExchange,
  route: CompiledRoute,
  { session, sessions, cookie }: { session: CompiledSession; sessions: BrowserSessions; cookie: string },
): StepResult | Promise<StepResult> {
  exchange.credentialType = 'session';
  const found = sessions.find(session, cookie, exchange.at);
  const judged = (live: LiveSession | undefined) => judge(exchange, route, { session, sessions, cookie, live });
  if (!(found instanceof Promise)) return judged(found);
  return found.then(judged, () => unavailable(exchange));
}

function unavailable(exchange: RequestExchange): StepResult {
  exchange.reason = 'session_unavailable';
  return problem('session_unavailable', { headers: ['retry-after', '1'] });
}

/**
 * What says nothing of the person: the keys of another provider are out of reach, or its clock is not ours. All who signed
 * in there would be signed out for that; the next renewal tells.
 */
function isUncertain({ spec }: CompiledSession, reason: VerificationReason): boolean {
  return spec.provider !== undefined && (reason === 'bad_signature' || reason === 'expired');
}

function judge(
  exchange: RequestExchange,
  route: CompiledRoute,
  taken: { session: CompiledSession; sessions: BrowserSessions; cookie: string; live: LiveSession | undefined },
): StepResult | Promise<StepResult> {
  const { session, sessions, cookie, live } = taken;
  if (live === undefined) return signedOut(exchange, session, 'session_over');
  const forged = forgery(exchange, session, live);
  if (forged !== undefined) {
    exchange.reason = 'session_forged';
    return problem('session_forged', { detail: forged });
  }
  if (route.expected === undefined) return problem('route_unavailable');
  const verified = (verification: Verification): StepResult => {
    if (verification.ok && isOurs(verification.principal, route.tenantId, session)) {
      exchange.principal = sessionPrincipal(verification.principal, live);
      exchange.accessToken = live.accessToken;
      // Caches know Authorization, and no cookie.
      exchange.keyHeader = true;
      return undefined;
    }
    if (!verification.ok && verification.reason === 'wrong_audience') {
      // The route and the session name two APIs: a mistake of the operator's, for which nobody is signed out.
      exchange.reason = 'route_unavailable';
      return problem('route_unavailable');
    }
    if (!verification.ok && isUncertain(session, verification.reason)) return unavailable(exchange);
    exchange.formerPrincipal = verification.ok ? undefined : verification.former;
    // The person was signed out elsewhere, or may no longer be here.
    void sessions.end(session, cookie, 'token_refused').catch(() => undefined);
    return signedOut(exchange, session, 'session_over');
  };
  const verification = exchange.parts.accessTokens.verifyAccessToken(live.accessToken, route.expected, exchange.at);
  return verification instanceof Promise ? verification.then(verified) : verified(verification);
}

/** A provider that hands out tokens of another issuer would make its people somebody else's. */
function isOurs({ tenantId, id }: Principal, ours: string | undefined, { spec }: CompiledSession): boolean {
  return tenantId === ours && (spec.provider === undefined || isOfIssuer(id, spec.provider.issuer));
}

/** The same principal as long as its token is the same: others remember what they made of it. */
const PRINCIPALS = new WeakMap<Principal, Principal>();

function sessionPrincipal(principal: Principal, { id, expiresAt }: LiveSession): Principal {
  const known = PRINCIPALS.get(principal);
  if (known?.credential.id === id) return known;
  const { clientId, grantId, environment } = principal.credential;
  const made: Principal = {
    ...principal,
    credential: {
      type: 'session',
      id,
      expiresAt: Math.floor(expiresAt / 1000),
      ...(clientId === undefined ? {} : { clientId }),
      ...(grantId === undefined ? {} : { grantId }),
      ...(environment === undefined ? {} : { environment }),
    },
  };
  PRINCIPALS.set(principal, made);
  return made;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Browsers send cookies whoever asks: why it is not certain that a page of ours does. */
function forgery({ head }: RequestExchange, session: CompiledSession, live: LiveSession): string | undefined {
  const metadata = fetchMetadata(head.headers);
  if (head.asksForWebSocket === true) {
    return isFromOrigin(session.spec.origin, metadata)
      ? undefined
      : 'The page that opens this WebSocket is not of this origin.';
  }
  if (SAFE.has(head.method)) {
    return mayRead(session.spec.origin, head.method, metadata)
      ? undefined
      : 'A page of another origin asks for this in the name of its visitor.';
  }
  if (!isFromOrigin(session.spec.origin, metadata)) {
    return 'What changes something must come from a page of this origin (Origin, Sec-Fetch-Site).';
  }
  const shown = headerOf(head.headers, CSRF_HEADER);
  if (shown !== undefined && equalSecrets(shown, live.csrfToken)) return undefined;
  return `What changes something carries the header ${CSRF_HEADER}, with \`csrf_token\` of ${session.spec.path}/info.`;
}

/** Somebody who goes here is sent to sign in, and comes back; a page that asks is told. */
export function signedOut(
  exchange: RequestExchange,
  session: CompiledSession,
  reason: 'session_over' | 'credential_missing',
): Problem {
  const { head } = exchange;
  exchange.reason = reason;
  const metadata: FetchMetadata = fetchMetadata(head.headers);
  const cleared = reason === 'session_over' ? ['set-cookie', clearCookie(session.cookie, session)] : [];
  const login = loginAddress(exchange, session);
  if (isNavigation(head.method, metadata)) {
    return problem('session_needed', { status: 303, headers: ['location', login, ...cleared] });
  }
  return problem('session_needed', {
    members: { reason, login: session.loginPath },
    headers: ['www-authenticate', 'Session', ...cleared],
  });
}

/** `more`: what the sign-in must fulfil. */
export function loginAddress(
  { target, head }: RequestExchange,
  { loginPath, hostname }: CompiledSession,
  more: Readonly<Record<string, string>> = {},
): string {
  const back = target === undefined ? '/' : `${target.path}${target.query}`;
  const query = new URLSearchParams({ return_to: back.length <= 1024 ? back : (target?.path ?? '/'), ...more });
  return hostName(head.host) === hostname ? `${loginPath}?${query}` : loginPath;
}

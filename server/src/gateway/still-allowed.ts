import { presentedCredential } from './credentials.ts';
import type { Verification } from './ports.ts';
import type { RequestExchange } from './request-exchange.ts';
import type { LiveSession } from './sessions/browser-sessions.ts';
import { sessionCookie } from './sessions/take-session.ts';

/** What says that a credential was taken back. That it has run out meanwhile, or is bound to something, does not. */
const TAKEN_BACK = new Set(['revoked', 'quarantined', 'unknown', 'bad_signature']);

/**
 * May an exchange that lasts go on? Asked of the same verifiers as at the beginning, from memory. A credential that has
 * expired ends a WebSocket, which has no end of its own, and lets a download finish. So does a route that is gone.
 */
export function stillAllowed(exchange: RequestExchange): boolean {
  const { route, forwarding } = exchange;
  if (route === undefined) return true;
  const isSocket = forwarding?.webSocket !== undefined;
  if (isSocket && !routeStands(exchange)) return end(exchange, 'route_gone');
  if (!isSocket && !route.cutsWhenRevoked) return true;
  const { principal } = exchange;
  if (principal === undefined || route.anonymous) return true;
  const { type, expiresAt = Number.POSITIVE_INFINITY } = principal.credential;
  const now = exchange.parts.now();
  if (isSocket && expiresAt * 1000 <= now) return end(exchange, 'credential_expired');
  if (type === 'certificate') return true;
  const verification = verifyAgain(exchange, now);
  if (!(verification instanceof Promise)) return judge(exchange, verification, isSocket);
  // Not known at once: told when it is asked again.
  void verification.then(
    (found) => void judge(exchange, found, isSocket),
    () => undefined,
  );
  return exchange.endedBy === '';
}

function routeStands({ parts, route }: RequestExchange): boolean {
  const current = route && parts.snapshot.tenants.get(route.tenantId)?.compiled.get(route.name)?.route;
  return current !== undefined && current.closed === undefined && current.webSocket !== undefined;
}

function verifyAgain(exchange: RequestExchange, now: number): Verification | Promise<Verification> | undefined {
  const { head, route, parts, client } = exchange;
  if (exchange.principal?.credential.type === 'session') return verifySession(exchange, now);
  if (route === undefined) return undefined;
  const { tenantId } = route;
  const presented = presentedCredential(head.headers, parts.apiKeys.looksForeign, tenantId);
  if (presented.found !== 'one') return undefined;
  if (presented.type === 'api_key') {
    const place = { tenantId, address: client?.address ?? '', api: route.api, route: route.name };
    return parts.apiKeys.verifyApiKey(presented.text, now, place);
  }
  return route.expected && parts.accessTokens.verifyAccessToken(presented.text, route.expected, now);
}

/** Its token may be another one by now: that of the beginning says nothing any more. */
function verifySession(exchange: RequestExchange, now: number): Verification | Promise<Verification> | undefined {
  const { route, tenant, parts } = exchange;
  const session = tenant?.sessions.get(route?.session ?? '');
  const cookie = session && sessionCookie(exchange, session);
  if (session === undefined || cookie === undefined) return undefined;
  const found = parts.sessions?.find(session, cookie, now);
  const judged = (live: LiveSession | undefined): Verification | Promise<Verification> => {
    if (live === undefined || route?.expected === undefined) return OVER;
    return parts.accessTokens.verifyAccessToken(live.accessToken, route.expected, now);
  };
  return found instanceof Promise ? found.then(judged) : judged(found);
}

const OVER: Verification = { ok: false, reason: 'revoked', description: 'The session is over.' };

function judge(exchange: RequestExchange, found: Verification | undefined, isSocket: boolean): boolean {
  if (exchange.endedBy !== '') return end(exchange, exchange.endedBy);
  if (found === undefined || found.ok) return true;
  if (TAKEN_BACK.has(found.reason)) return end(exchange, 'credential_revoked');
  return isSocket && found.reason === 'expired' ? end(exchange, 'credential_expired') : true;
}

function end(exchange: RequestExchange, reason: string): false {
  exchange.endedBy = reason;
  exchange.reason = reason;
  return false;
}

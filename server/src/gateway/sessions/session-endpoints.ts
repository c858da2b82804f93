import { createHash } from 'node:crypto';
import { equalSecrets, GatehouseError, networkOf, type Random } from '#base';
import { problem } from '../problems.ts';
import type { PageAnswer, RequestExchange, StepResult } from '../request-exchange.ts';
import type { BrowserSessions, LiveSession } from './browser-sessions.ts';
import type { CompiledSession } from './compile-session.ts';
import { returnTo } from './return-to.ts';
import { fetchMetadata, isFromOrigin, isNavigation } from './same-origin.ts';
import { clearCookie, readCookie, writeCookie } from './session-cookies.ts';
import { seeOther, signInPage } from './session-pages.ts';

/** What a person's browser asks of the session itself. */
export interface SessionAsk {
  exchange: RequestExchange;
  session: CompiledSession;
  sessions: BrowserSessions;
  random: Random;
}

type Answer = Exclude<StepResult, undefined>;

/** By the last part of the path, with the one method that each answers. */
export const SESSION_ENDPOINTS: Readonly<
  Record<string, { method: 'GET' | 'POST'; answer(ask: SessionAsk): Answer | Promise<Answer> }>
> = {
  login: { method: 'GET', answer: login },
  callback: { method: 'GET', answer: callback },
  logout: { method: 'POST', answer: logout },
  info: { method: 'GET', answer: info },
};

/** A sign-in that is under way, sealed in a cookie: nothing is stored for somebody who has proved nothing yet. */
interface Login {
  state: string;
  nonce: string;
  codeVerifier: string;
  returnTo: string;
  /** Milliseconds. */
  expiresAt: number;
}

/** A person mistypes, and looks for the second factor. As long as the issuer takes an answer. */
const LOGIN_SECONDS = 1800;
const ACR_VALUES = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}( [\x21\x23-\x5b\x5d-\x7e]{1,128}){0,9}$/;

async function login({ exchange, session, sessions, random }: SessionAsk): Promise<Answer> {
  const query = queryOf(exchange);
  const text = () => random.bytes(32).toString('base64url');
  const attempt: Login = {
    state: text(),
    nonce: text(),
    codeVerifier: text(),
    returnTo: returnTo(single(query, 'return_to'), session),
    expiresAt: exchange.at + LOGIN_SECONDS * 1000,
  };
  const acrValues = single(query, 'acr_values');
  const maxAge = single(query, 'max_age');
  const begun = sessions.flowsOf(session).begin({
    state: attempt.state,
    nonce: attempt.nonce,
    codeChallenge: createHash('sha256').update(attempt.codeVerifier).digest('base64url'),
    acrValues: acrValues !== undefined && ACR_VALUES.test(acrValues) ? acrValues : undefined,
    maxAgeSeconds: maxAge !== undefined && /^\d{1,9}$/.test(maxAge) ? Number(maxAge) : undefined,
    ip: exchange.client?.address ?? '',
  });
  const location = await begun.then(
    (found) => found,
    (error: unknown) => retryAfterOf(error),
  );
  if (location === undefined) return unavailable(exchange);
  if (typeof location === 'number') return limited(exchange, location);
  exchange.reason = 'session_login';
  const sealed = sessions.seal(session, attempt);
  return seeOther(location, [writeCookie(session.loginCookie, sealed, session, LOGIN_SECONDS)]);
}

/** undefined: another provider can't be asked. Any other failure is a mistake in the declarations, and told in the log. */
function retryAfterOf(error: unknown): number | undefined {
  if (error instanceof GatehouseError && error.category === 'unavailable') return undefined;
  const seconds =
    error instanceof GatehouseError && error.category === 'rate_limited' && error.details?.retryAfterSeconds;
  if (typeof seconds === 'number') return seconds;
  throw error;
}

async function callback(ask: SessionAsk): Promise<Answer> {
  const { exchange, session, sessions } = ask;
  const query = queryOf(exchange);
  const { headers } = exchange.head;
  const sealed = readCookie(headers, session.loginCookie);
  const attempt = sealed === undefined ? undefined : (sessions.open(session, sealed) as Login | undefined);
  const state = single(query, 'state');
  // Whoever is sent here with somebody else's answer has begun nothing, or something else.
  if (attempt === undefined || state === undefined || !equalSecrets(attempt.state, state)) {
    return refused(ask, 'session_state_wrong');
  }
  if (attempt.expiresAt <= exchange.at) return refused(ask, 'session_login_late');
  const flows = sessions.flowsOf(session);
  try {
    // Twice is as bad as another one's.
    const isFrom = query.getAll('iss').length < 2 && (await flows.isFrom(single(query, 'iss')));
    if (!isFrom) return refused(ask, 'session_state_wrong');
    const code = single(query, 'code');
    if (code === undefined) return refused(ask, 'session_login_refused');
    const network = networkOf(exchange.client?.address ?? '');
    const retryAfterSeconds = sessions.failedAnswers.retryAfterSeconds(network);
    if (retryAfterSeconds !== undefined) return limited(exchange, retryAfterSeconds);
    // Given back when it was good: many at once are not all looked at before the first is known to be wrong.
    sessions.failedAnswers.spend(network);
    const tokens = await flows.redeem({
      code,
      codeVerifier: attempt.codeVerifier,
      nonce: attempt.nonce,
    });
    sessions.failedAnswers.refund(network);
    const { cookie } = await sessions.start(session, tokens, readCookie(headers, session.cookie));
    exchange.allowed = true;
    exchange.reason = 'session_started';
    return seeOther(attempt.returnTo, [
      writeCookie(session.cookie, cookie, session),
      clearCookie(session.loginCookie, session),
    ]);
  } catch (error) {
    if (error instanceof GatehouseError && error.category === 'unavailable') return unavailable(exchange);
    // What the issuer has against it is in its own log of refusals.
    if (error instanceof GatehouseError && error.category !== 'internal') return refused(ask, 'session_login_refused');
    throw error;
  }
}

function limited(exchange: RequestExchange, retryAfterSeconds: number): Answer {
  exchange.reason = 'limited';
  return problem('request_limit_reached', { headers: ['retry-after', String(retryAfterSeconds)] });
}

function unavailable(exchange: RequestExchange): Answer {
  exchange.reason = 'session_unavailable';
  return problem('session_unavailable', { headers: ['retry-after', '10'] });
}

function refused(
  { exchange, session }: SessionAsk,
  code: 'session_state_wrong' | 'session_login_late' | 'session_login_refused',
) {
  exchange.reason = code;
  return signInPage(problem(code), session, [clearCookie(session.loginCookie, session)]);
}

/** Here and at the issuer, and so at every application of the issuer's session. Over already is as good. */
async function logout({ exchange, session, sessions }: SessionAsk): Promise<Answer> {
  const metadata = fetchMetadata(exchange.head.headers);
  if (!isFromOrigin(session.spec.origin, metadata)) {
    exchange.reason = 'session_forged';
    return problem('session_forged');
  }
  const cookie = readCookie(exchange.head.headers, session.cookie);
  const tokens = cookie === undefined ? undefined : await sessions.end(session, cookie, 'signed_out');
  const there = tokens && (await sessions.flowsOf(session).end(tokens));
  exchange.allowed = true;
  exchange.reason = 'session_ended';
  const cookies = [clearCookie(session.cookie, session)];
  if (metadata.mode === 'navigate') return seeOther(there ?? session.spec.landing, cookies);
  const next = there === undefined ? {} : { continue: there };
  return json({ signed_in: false, login: session.loginPath, ...next }, cookies);
}

/** For pages of this origin alone: it holds what they prove themselves by. */
async function info({ exchange, session, sessions }: SessionAsk): Promise<Answer> {
  const { head, at } = exchange;
  const metadata = fetchMetadata(head.headers);
  if (metadata.site !== undefined && metadata.site !== 'same-origin' && !isNavigation(head.method, metadata)) {
    exchange.reason = 'session_forged';
    return problem('session_forged');
  }
  const cookie = readCookie(head.headers, session.cookie);
  let live: LiveSession | undefined;
  try {
    live = cookie === undefined ? undefined : await sessions.find(session, cookie, at);
  } catch {
    return unavailable(exchange);
  }
  exchange.allowed = true;
  exchange.reason = 'session_info';
  if (live === undefined) return json({ signed_in: false, login: session.loginPath });
  return json({
    signed_in: true,
    user_id: live.userId,
    csrf_token: live.csrfToken,
    expires_at: Math.floor(live.expiresAt / 1000),
    logout: `${session.spec.path}/logout`,
  });
}

function json(body: object, cookies: readonly string[] = []): PageAnswer {
  return {
    page: {
      status: 200,
      headers: ['content-type', 'application/json', ...cookies.flatMap((each) => ['set-cookie', each])],
      body: JSON.stringify(body),
    },
  };
}

function queryOf({ target }: RequestExchange): URLSearchParams {
  return new URLSearchParams(target?.query ?? '');
}

/** Twice is nothing that we or the issuer would send (RFC 6749 §3.1). */
function single(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

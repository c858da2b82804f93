import { type AttemptBudget, createAttemptBudget, equalSecrets, type Logger } from '#base';
import { credentialHash, mintCredential, recogniseCredential } from '#keyring';
import type { Store } from '#store';
import type { CompiledSession } from './compile-session.ts';
import { RecentSessions } from './recent-sessions.ts';
import { createRenewals, RENEWAL_PAUSE_MILLISECONDS } from './renew-session.ts';
import { type SessionFlowDeps, type SessionFlows, sessionFlows } from './session-flows.ts';
import type { SessionTokens } from './session-port.ts';
import {
  deleteSession,
  findSession,
  insertSession,
  type KeptSession,
  type SessionRowDeps,
  touchSession,
} from './session-rows.ts';
import { GATEWAY_SESSION_TOPIC } from './session-table.ts';

export interface BrowserSessionDeps extends SessionRowDeps, SessionFlowDeps {
  store: Pick<Store, 'transaction' | 'changes'>;
  log: Logger;
}

/** A session that stands, with a token that is good. */
export interface LiveSession {
  readonly id: string;
  readonly userId: string;
  readonly accessToken: string;
  /** Milliseconds. */
  readonly expiresAt: number;
  /** What a page shows before it changes something. */
  readonly csrfToken: string;
}

/** The sessions of people in browsers, in the memory of a process that forwards, and in the database for all of them. */
export interface BrowserSessions {
  flowsOf(session: CompiledSession): SessionFlows;
  /** At once when it is known here and its token is good. undefined: there is none, or no longer. */
  find(
    session: CompiledSession,
    cookie: string,
    now: number,
  ): LiveSession | undefined | Promise<LiveSession | undefined>;
  /** @returns what the cookie shall hold. */
  start(
    session: CompiledSession,
    tokens: SessionTokens,
    previous: string | undefined,
  ): Promise<{ cookie: string; userId: string }>;
  /** Every gateway hears of it. Nothing happens when it is over already. */
  end(session: CompiledSession, cookie: string, because: string): Promise<SessionTokens | undefined>;
  seal(session: CompiledSession, login: object): string;
  open(session: CompiledSession, sealed: string): unknown;
  /** By network, of people who came back without having signed in. */
  readonly failedAnswers: AttemptBudget;
  close(): void;
}

/** So long before its token ends, and no sooner than in its last third, a new one is asked for beside the requests. */
const AHEAD_MILLISECONDS_MAX = 60_000;
/** A token that ends on the way is good for nothing. */
const MARGIN_MILLISECONDS = 2_000;
/** Each is asked of the database or of another provider, by somebody who has proved nothing. */
const FAILED_ANSWERS = { atOnce: 30, perSecond: 1, keysMax: 20_000 };
const TOUCHES_PER_IDLE = 10;
const TOUCH_MILLISECONDS_MAX = 60_000;

export function openBrowserSessions(deps: BrowserSessionDeps): BrowserSessions {
  const { store, keyring, clock, log } = deps;
  const flowsOf = (session: CompiledSession) => sessionFlows(deps, session);
  const recent = new RecentSessions();
  const stops = [
    store.changes.subscribe([GATEWAY_SESSION_TOPIC], (changes) => {
      for (const { id } of changes) recent.changed(id, clock.now());
    }),
    store.changes.onResync(() => recent.clear()),
  ];
  const renewals = createRenewals({ ...deps, load });

  /** So that made-up cookies never reach the database. */
  const macOf = (credential: string) =>
    keyring.mac('gateway session cookie', credential).toString('base64url').slice(0, 22);
  function credentialOf(cookie: string): string | undefined {
    const [credential = '', mac = '', ...rest] = cookie.split('.', 3);
    if (rest.length > 0 || recogniseCredential(credential)?.kind !== 'gateway_session') return undefined;
    return equalSecrets(macOf(credential), mac) ? credential : undefined;
  }

  const live = (kept: KeptSession): LiveSession => ({
    id: kept.id,
    userId: kept.tokens.userId,
    accessToken: kept.tokens.accessToken,
    expiresAt: kept.expiresAt,
    csrfToken: keyring.mac('gateway session csrf', kept.id).toString('base64url'),
  });

  async function load(session: CompiledSession, cookie: string): Promise<KeptSession | undefined> {
    const credential = credentialOf(cookie);
    if (credential === undefined) return undefined;
    const since = recent.mark();
    const kept = await findSession(deps, session, credentialHash(keyring, credential));
    recent.keep(keyOf(session, cookie), kept, since, clock.now());
    return kept;
  }

  async function endById({ tenantId }: CompiledSession, id: string, because: string): Promise<void> {
    await store.transaction({ tenantId }, (tx) => deleteSession(tx, deps, { tenantId, id, because }));
  }

  async function standing(
    session: CompiledSession,
    cookie: string,
    loaded: KeptSession | undefined,
    now: number,
  ): Promise<LiveSession | undefined> {
    if (loaded === undefined) return undefined;
    if (isOver(session, loaded, now)) {
      await endById(session, loaded.id, 'expired');
      return undefined;
    }
    const kept =
      now >= loaded.tokens.expiresAt - MARGIN_MILLISECONDS ? await renewals.renew(session, cookie, loaded) : loaded;
    if (kept === undefined || now >= kept.tokens.expiresAt) {
      if (kept !== undefined && kept.tokens.refreshToken === undefined) await endById(session, kept.id, 'not_renewed');
      return undefined;
    }
    return live(kept);
  }

  /** Beside the request: that somebody was there, and a new token in time. */
  function attend(session: CompiledSession, cookie: string, kept: KeptSession, now: number): void {
    const every = Math.min(TOUCH_MILLISECONDS_MAX, (session.spec.idleSeconds * 1000) / TOUCHES_PER_IDLE);
    const failed = (err: unknown) => log.warn({ err }, 'a browser session could not be attended to');
    if (now - kept.seenAt >= every) {
      kept.seenAt = now;
      touchSession(deps, { tenantId: session.tenantId, id: kept.id }, now).catch(failed);
    }
    const { issuedAt, expiresAt, refreshToken } = kept.tokens;
    const ahead = Math.min(AHEAD_MILLISECONDS_MAX, (expiresAt - issuedAt) / 3);
    const due = refreshToken !== undefined && now >= expiresAt - ahead;
    if (!due || now < kept.renewsAfter) return;
    kept.renewsAfter = now + RENEWAL_PAUSE_MILLISECONDS;
    renewals.renewAhead(session, cookie, kept).catch(failed);
  }

  return {
    flowsOf,
    failedAnswers: createAttemptBudget(deps, FAILED_ANSWERS),
    find(session, cookie, now) {
      const known = recent.find(keyOf(session, cookie), now);
      if (known === 'none') return undefined;
      const isGood =
        known !== undefined && !isOver(session, known, now) && now < known.tokens.expiresAt - MARGIN_MILLISECONDS;
      if (!isGood) return load(session, cookie).then((loaded) => standing(session, cookie, loaded, now));
      attend(session, cookie, known, now);
      return live(known);
    },
    async start(session, tokens, previous) {
      const credential = mintCredential('gateway_session', deps.random);
      const before = previous === undefined ? undefined : credentialOf(previous);
      const hash = before === undefined ? undefined : credentialHash(keyring, before);
      const { tokens: kept } = await insertSession(deps, session, { credential, tokens, previous: hash });
      return { cookie: `${credential}.${macOf(credential)}`, userId: kept.userId };
    },
    async end(session, cookie, because) {
      const kept = await load(session, cookie);
      if (kept === undefined) return undefined;
      await endById(session, kept.id, because);
      recent.changed(kept.id, clock.now());
      return kept.tokens;
    },
    seal: (session, login) => keyring.seal(JSON.stringify(login), placeOfLogin(session)),
    open(session, sealed) {
      try {
        return JSON.parse(keyring.open(sealed, placeOfLogin(session)).toString());
      } catch {
        return undefined;
      }
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}

const isOver = ({ spec }: CompiledSession, { seenAt, expiresAt }: KeptSession, now: number): boolean =>
  now >= expiresAt || now - seenAt >= spec.idleSeconds * 1000;

/** A cookie counts for the session it was made for, and no other. */
const keyOf = ({ tenantId, name }: CompiledSession, cookie: string) => `${tenantId} ${name} ${cookie}`;

const placeOfLogin = ({ tenantId, name }: CompiledSession) => ({
  table: 'gateway_logins',
  column: 'cookie',
  row: `${tenantId}/${name}`,
});

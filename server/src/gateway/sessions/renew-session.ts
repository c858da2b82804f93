import { setTimeout as wait } from 'node:timers/promises';
import type { Store } from '#store';
import { gatewayErrors } from '../errors.ts';
import type { CompiledSession } from './compile-session.ts';
import { type SessionFlowDeps, sessionFlows } from './session-flows.ts';
import {
  claimRenewal,
  deleteSession,
  type KeptSession,
  releaseRenewal,
  type SessionRowDeps,
  storeRenewal,
} from './session-rows.ts';

export interface RenewalDeps extends SessionRowDeps, SessionFlowDeps {
  store: Pick<Store, 'transaction'>;
  /** The session as it stands in the database now. */
  load(session: CompiledSession, cookie: string): Promise<KeptSession | undefined>;
}

export interface Renewals {
  /**
   * Other tokens for the session, whoever gets them. undefined: it is over.
   * @throws when the issuer can't be asked, or another process has not got any in time.
   */
  renew(session: CompiledSession, cookie: string, kept: KeptSession): Promise<KeptSession | undefined>;
  /** The same beside the requests: who is not the one to renew leaves it to whoever is. */
  renewAhead(session: CompiledSession, cookie: string, kept: KeptSession): Promise<unknown>;
}

/** Whoever renews has so long; then another one tries. */
const RENEWAL_MILLISECONDS = 15_000;
/** After an attempt that came to nothing: the issuer is asked once a second at most for one session. */
export const RENEWAL_PAUSE_MILLISECONDS = 1_000;
const LOOK_AGAIN_MILLISECONDS = 25;
const LOOK_AGAIN_MILLISECONDS_MAX = 400;

export function createRenewals(deps: RenewalDeps): Renewals {
  const { store } = deps;
  /** One at a time for each session in this process. */
  const running = new Map<string, Promise<KeptSession | undefined>>();

  function once(id: string, work: () => Promise<KeptSession | undefined>): Promise<KeptSession | undefined> {
    const pending = work().finally(() => running.delete(id));
    running.set(id, pending);
    return pending;
  }

  /** @returns `kept` itself when somebody else is at it. */
  async function attempt(
    session: CompiledSession,
    cookie: string,
    kept: KeptSession,
  ): Promise<KeptSession | undefined> {
    const { tenantId } = session;
    const { id, version } = kept;
    const { refreshToken } = kept.tokens;
    if (refreshToken === undefined) return kept;
    if (!(await claimRenewal(deps, { tenantId, id, version }, RENEWAL_MILLISECONDS))) return kept;
    try {
      const tokens = await sessionFlows(deps, session).refresh({ ...kept.tokens, refreshToken });
      if (tokens !== undefined) await storeRenewal(deps, { tenantId, id, version }, { ...kept.tokens, ...tokens });
      else
        await store.transaction({ tenantId }, (tx) =>
          deleteSession(tx, deps, { tenantId, id, because: 'not_renewed' }),
        );
    } catch (error) {
      // Nobody else needs to wait for us; but not everybody at once shall ask an issuer who has trouble.
      await releaseRenewal(deps, { tenantId, id, version }, RENEWAL_PAUSE_MILLISECONDS);
      throw error;
    }
    return deps.load(session, cookie);
  }

  async function untilRenewed(session: CompiledSession, cookie: string, kept: KeptSession) {
    const startedAt = performance.now();
    for (let pause = LOOK_AGAIN_MILLISECONDS; ; pause = Math.min(pause * 1.5, LOOK_AGAIN_MILLISECONDS_MAX)) {
      const renewed = await attempt(session, cookie, kept);
      if (renewed !== kept || kept.tokens.refreshToken === undefined) return renewed;
      // Another process does, or did.
      await wait(pause);
      const found = await deps.load(session, cookie);
      if (found?.version !== kept.version) return found;
      // It is not over: nobody knows, and nobody is signed out for that.
      if (performance.now() - startedAt > RENEWAL_MILLISECONDS) throw gatewayErrors.session_unavailable();
    }
  }

  async function renew(session: CompiledSession, cookie: string, kept: KeptSession): Promise<KeptSession | undefined> {
    const before = running.get(kept.id);
    if (before === undefined) return once(kept.id, () => untilRenewed(session, cookie, kept));
    const found = await before;
    // It was tried beside the requests, and left to somebody else.
    return found !== undefined && found.version === kept.version && found.tokens.refreshToken !== undefined
      ? renew(session, cookie, kept)
      : found;
  }

  return {
    renew,
    renewAhead: async (session, cookie, kept) =>
      running.get(kept.id) ?? once(kept.id, () => attempt(session, cookie, kept)),
  };
}

import type { Cookies } from './cookies.ts';
import { type ResolveDeps, type ResolvedSession, resolveSession } from './resolve-session.ts';
import { signInUrl } from './return-to.ts';
import { demandedAcr, meetsDemand, type StrengthDemand, stepUpUrl } from './step-up.ts';

/** Who is signed in, for rooms above that show pages of their own (the authorization endpoint). */
export interface CurrentSession {
  userId: string;
  /** The same after the person proved again who they are: the `sid` of tokens, which end when all of it ends. */
  sessionId: string;
  /** Seconds since the epoch. */
  authTime: number;
  amr: readonly string[];
  acr: string;
  /** Who acts for the person in it. */
  actor?: string;
}

export interface SessionPort {
  currentSession(cookieHeader: string | undefined): Promise<CurrentSession | undefined>;
  /** The same with the person and the principal, for faces that decide by role. */
  resolve(cookieHeader: string | undefined): Promise<ResolvedSession | undefined>;
  /**
   * The session in which the person at this browser acts for another, beside their own. `resolve` never finds it: whatever
   * does not ask for it deals with the person themselves.
   */
  acting(cookieHeader: string | undefined): Promise<ResolvedSession | undefined>;
  /** Is the person signed in strongly and freshly enough? If not, `path` leads to the page that asks for the rest. */
  requireStrength(cookieHeader: string | undefined, demand: StrengthDemand, returnTo: string): Promise<Strength>;
}

export type Strength =
  | { met: true; session: CurrentSession }
  /** `unknown_acr`: nothing that was asked for exists here, and no page could bring it about. */
  | { met: false; reason: 'signed_out' | 'insufficient' | 'unknown_acr'; path: string };

export function createSessionPort(
  deps: ResolveDeps & { cookies: Pick<Cookies, 'read'> },
  { tenantId }: { tenantId: string },
): SessionPort {
  async function resolve(cookieHeader: string | undefined): Promise<ResolvedSession | undefined> {
    const token = deps.cookies.read('session', cookieHeader);
    return token === undefined ? undefined : resolveSession(deps, { tenantId, token });
  }
  async function acting(cookieHeader: string | undefined): Promise<ResolvedSession | undefined> {
    const token = deps.cookies.read('acting', cookieHeader);
    const own = token === undefined ? undefined : await resolve(cookieHeader);
    if (token === undefined || own === undefined) return undefined;
    return resolveSession(deps, { tenantId, token, actor: { id: own.user.id, sessionId: own.session.originId } });
  }
  return {
    resolve,
    acting,
    async currentSession(cookieHeader) {
      const resolved = await resolve(cookieHeader);
      return resolved === undefined ? undefined : toCurrent(resolved);
    },
    async requireStrength(cookieHeader, demand, returnTo) {
      const resolved = await resolve(cookieHeader);
      if (resolved === undefined) return { met: false, reason: 'signed_out', path: signInUrl(returnTo) };
      if (meetsDemand(resolved.session, demand, deps.clock.now())) return { met: true, session: toCurrent(resolved) };
      const reason = demandedAcr(demand) === undefined ? 'unknown_acr' : 'insufficient';
      return { met: false, reason, path: stepUpUrl(demand, returnTo) };
    },
  };
}

export function toCurrent({ session }: ResolvedSession): CurrentSession {
  const { originId, userId, authTime, amr, acr, actor } = session;
  return { userId, sessionId: originId, authTime, amr, acr, ...(actor === undefined ? {} : { actor: actor.id }) };
}

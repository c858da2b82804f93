import type { Cookies } from './cookies.ts';
import { type ResolveDeps, type ResolvedSession, resolveSession } from './resolve-session.ts';

/** Who is signed in, for rooms above that show pages of their own (the authorization endpoint). */
export interface CurrentSession {
  userId: string;
  /** The same after the person proved again who they are: the `sid` of tokens, which end when all of it ends. */
  sessionId: string;
  /** Seconds since the epoch. */
  authTime: number;
  amr: readonly string[];
  acr: string;
}

export interface SessionPort {
  currentSession(cookieHeader: string | undefined): Promise<CurrentSession | undefined>;
  /** The same with the person and the principal, for faces that decide by role. */
  resolve(cookieHeader: string | undefined): Promise<ResolvedSession | undefined>;
}

export function createSessionPort(
  deps: ResolveDeps & { cookies: Pick<Cookies, 'read'> },
  { tenantId }: { tenantId: string },
): SessionPort {
  async function resolve(cookieHeader: string | undefined): Promise<ResolvedSession | undefined> {
    const token = deps.cookies.read('session', cookieHeader);
    return token === undefined ? undefined : resolveSession(deps, { tenantId, token });
  }
  return {
    resolve,
    async currentSession(cookieHeader) {
      const resolved = await resolve(cookieHeader);
      if (resolved === undefined) return undefined;
      const { originId, userId, authTime, amr, acr } = resolved.session;
      return { userId, sessionId: originId, authTime, amr, acr };
    },
  };
}

import { isAcr } from './strength.ts';

const MINUTE = 60_000;

/** `last_seen_at` is written at most this often: a page view must not cost a write. At most the shortest idle limit. */
export const LAST_SEEN_STEP_MS = MINUTE;

/** Sessions of one person at a time. The one unused for longest gives way (ASVS 7.1.2). */
export const SESSIONS_PER_USER_MAX = 100;

export interface SessionTimes {
  acr: string;
  lastSeenAt: number;
  idleMs: number;
  expiresAt: number;
  endedAt: number | null;
}

/**
 * Alive: not ended, inside its absolute life, and used within the idle limit. Both are what the policy said when the
 * session began (see sign-in-policy-kind.ts). An unknown `acr` is not alive.
 */
export function isAlive(session: SessionTimes, now: number): boolean {
  return (
    session.endedAt === null &&
    isAcr(session.acr) &&
    now < session.expiresAt &&
    now < session.lastSeenAt + session.idleMs
  );
}

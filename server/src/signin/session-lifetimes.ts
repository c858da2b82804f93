const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * How long a session lasts, by how strongly the person proved who they are (`acr`). NIST SP 800-63B-4 §2.1.3: at AAL1
 * reauthentication at least every 30 days; an inactivity limit is optional, and a day is ours, so that a browser left
 * open on Friday asks again on Monday. A stronger `acr` brings its own row.
 */
export const SESSION_LIFETIMES = {
  aal1: { idleMs: DAY, absoluteMs: 30 * DAY },
} as const satisfies Record<string, { idleMs: number; absoluteMs: number }>;

export type Acr = keyof typeof SESSION_LIFETIMES;

export function isAcr(value: string): value is Acr {
  return Object.hasOwn(SESSION_LIFETIMES, value);
}

/** `last_seen_at` is written at most this often: a page view must not cost a write. Far below the idle limit. */
export const LAST_SEEN_STEP_MS = MINUTE;

/** Sessions of one person at a time. The one unused for longest gives way (ASVS 7.1.2). */
export const SESSIONS_PER_USER_MAX = 100;

export interface SessionTimes {
  acr: string;
  lastSeenAt: number;
  expiresAt: number;
  endedAt: number | null;
}

/** Alive: not ended, inside its absolute life, and used within the idle limit. An unknown `acr` is not alive. */
export function isAlive(session: SessionTimes, now: number): boolean {
  return (
    session.endedAt === null &&
    isAcr(session.acr) &&
    now < session.expiresAt &&
    now < session.lastSeenAt + SESSION_LIFETIMES[session.acr].idleMs
  );
}

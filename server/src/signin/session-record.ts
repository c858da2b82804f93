import type { Selectable } from 'kysely';
import type { Place } from './place.ts';
import type { SessionsTable } from './tables.ts';

/** A session as others see it: everything but its token, which only the browser has. */
export interface Session {
  id: string;
  /** The same for all sessions that went on in one another: what applications know the session by. */
  originId: string;
  userId: string;
  acr: string;
  amr: readonly string[];
  /** When the person proved who they are: seconds since the epoch, as `auth_time` in tokens. */
  authTime: number;
  /** Milliseconds since the epoch, as the others. */
  createdAt: number;
  lastSeenAt: number;
  /** Ends when unused for so long. */
  idleMs: number;
  expiresAt: number;
  endedAt: number | null;
  userAgent: string;
  address: string;
  /** Where it began, where a proxy in front says so. */
  place?: Place;
  /** A remembered device stood in for the second factor. */
  deviceRemembered: boolean;
  /** Who acts in it for its person, beside this session of their own. */
  actor?: SessionActor;
}

export interface SessionActor {
  id: string;
  sessionId: string;
}

export function toSession(row: Selectable<SessionsTable>): Session {
  return {
    id: row.id,
    originId: row.origin_id,
    userId: row.user_id,
    acr: row.acr,
    amr: row.amr,
    authTime: Math.floor(row.authenticated_at / 1000),
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    idleMs: row.idle_ms,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
    userAgent: row.user_agent,
    address: row.address,
    ...(row.place === null ? {} : { place: row.place }),
    deviceRemembered: row.device_remembered,
    ...(row.actor_id === null || row.actor_session_id === null
      ? {}
      : { actor: { id: row.actor_id, sessionId: row.actor_session_id } }),
  };
}

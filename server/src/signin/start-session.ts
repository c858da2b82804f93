import type { Selectable } from 'kysely';
import { type IdSource, newId } from '#base';
import type { User } from '#directory';
import { credentialHash, type Keyring, mintCredential } from '#keyring';
import { fixedStatement, type Tx } from '#store';
import { USER_AGENT_LENGTH_MAX } from './describe-user-agent.ts';
import { endSessions } from './end-session.ts';
import type { Place } from './place.ts';
import { DEFAULT_POLICY } from './policy/sign-in-policy-kind.ts';
import type { MayTell } from './recovery/notices.ts';
import { SESSIONS_PER_USER_MAX } from './session-lifetimes.ts';
import { type Session, type SessionActor, toSession } from './session-record.ts';
import type { Acr } from './strength.ts';
import type { SessionsTable, SigninTables } from './tables.ts';

export interface SessionDeps extends IdSource, MayTell {
  keyring: Pick<Keyring, 'mac'>;
}

/** What the browser said of itself, and where it came from. */
export interface Device {
  userAgent: string;
  address: string;
  /** Where a proxy in front says that is. */
  place?: Place;
}

export interface StartedSession {
  session: Session;
  /** The only time it is known: the database holds its hash. */
  token: string;
}

export interface NewSession {
  user: User;
  acr: Acr;
  amr: readonly string[];
  device: Device;
  /** Milliseconds since the epoch, when the first of what counts was proved; now unless given. */
  authenticatedAt?: number;
  /** What the policy says for this person. */
  lifetimes?: { idleMs: number; absoluteMs: number };
  /** A remembered device stood in for the second factor. */
  deviceRemembered?: boolean;
  replacedToken?: string | undefined;
  /** Somebody else acts in it. */
  actor?: SessionActor;
}

const DEFAULT_LIFETIMES = {
  idleMs: DEFAULT_POLICY.session.idleSeconds * 1000,
  absoluteMs: DEFAULT_POLICY.session.absoluteSeconds * 1000,
};

/**
 * Begins a session with a token of its own, whatever token the browser had (session fixation): the session of that one,
 * `replacedToken`, ends (ASVS 7.2.4). The person's least recently used session gives way when there are too many.
 */
export async function startSession(tx: Tx, deps: SessionDeps, input: NewSession): Promise<StartedSession> {
  const [started] = await startSessions(tx, deps, { tenantId: input.user.tenantId, all: [input] });
  return started as StartedSession;
}

/** Of a row as {@link newRow} makes it. */
const COLUMNS = `tenant_id, id, origin_id, token_hash, user_id, acr, amr, authenticated_at, created_at, last_seen_at,
  idle_ms, expires_at, device_remembered, user_agent, address, place, ended_at, end_reason, actor_id, actor_session_id`;
/** One text, however many they are. */
const insertSessions = fixedStatement(`
  insert into sessions (${COLUMNS}) select ${COLUMNS} from jsonb_populate_recordset(null::sessions, $1::jsonb)`);

/**
 * The same for several people of one tenant, in their order: what is written of them is written together. The change feed
 * is told nothing: nobody remembers anything of a session that he never heard of, and NOTIFY is one lock for the database.
 */
export async function startSessions(
  tx: Tx,
  deps: SessionDeps,
  { tenantId, all }: { tenantId: string; all: readonly NewSession[] },
): Promise<StartedSession[]> {
  const origins = await Promise.all(
    all.map(({ user, replacedToken }) => replaceSession(tx, deps, user, replacedToken)),
  );
  const begun = all.map((input, index) => newRow(deps, input, origins[index]));
  const rows = begun.map(({ row }) => row);
  const [surplus] = await Promise.all([
    findSurplus(tx, { tenantId, begun: rows }),
    insertSessions(tx, [JSON.stringify(rows)]),
  ]);
  await endSessions(tx, deps, { tenantId, ids: surplus, reason: 'too_many' });
  return begun.map(({ row, token }) => ({ session: toSession(row), token }));
}

function newRow(
  deps: SessionDeps,
  input: NewSession,
  originId: string | undefined,
): { row: Selectable<SessionsTable>; token: string } {
  const { user, acr, amr, device, lifetimes = DEFAULT_LIFETIMES } = input;
  const id = newId('session', deps);
  const now = deps.clock.now();
  const token = mintCredential('session', deps.random);
  const row = {
    tenant_id: user.tenantId,
    id,
    origin_id: originId ?? id,
    token_hash: credentialHash(deps.keyring, token),
    user_id: user.id,
    acr,
    amr: [...amr],
    authenticated_at: input.authenticatedAt ?? now,
    created_at: now,
    last_seen_at: now,
    idle_ms: lifetimes.idleMs,
    expires_at: now + lifetimes.absoluteMs,
    device_remembered: input.deviceRemembered ?? false,
    user_agent: device.userAgent.slice(0, USER_AGENT_LENGTH_MAX),
    address: device.address,
    place: device.place ?? null,
    ended_at: null,
    end_reason: null,
    actor_id: input.actor?.id ?? null,
    actor_session_id: input.actor?.sessionId ?? null,
  };
  return { row, token };
}

const selectSurplus = fixedStatement<{ id: string }>(`
  select surplus.id from (
      select user_id, count(*), array_agg(id) as begun from unnest($3::text[], $4::text[]) as asked (user_id, id)
      group by user_id
    ) as person,
    lateral (
      select id from sessions where tenant_id = $1 and user_id = person.user_id and ended_at is null
        and id <> all(person.begun)
      order by last_seen_at desc
      offset greatest(0, $2::bigint - person.count) limit $2::bigint
    ) as surplus`);

/** Those of a person's sessions for which there is no room beside the new ones, whether these are there yet or not. */
async function findSurplus(
  tx: Tx,
  { tenantId, begun }: { tenantId: string; begun: readonly Pick<Selectable<SessionsTable>, 'id' | 'user_id'>[] },
): Promise<string[]> {
  const rows = await selectSurplus(tx, [
    ...[tenantId, SESSIONS_PER_USER_MAX],
    begun.map((row) => row.user_id),
    begun.map((row) => row.id),
  ]);
  return rows.map(({ id }) => id);
}

/** Ends the session the browser had. @returns the origin of one's own, which goes on in the new one. */
async function replaceSession(
  tx: Tx,
  deps: SessionDeps,
  user: User,
  token: string | undefined,
): Promise<string | undefined> {
  if (token === undefined) return undefined;
  const { tenantId } = user;
  const replaced = await tx
    .withTables<SigninTables>()
    .selectFrom('sessions')
    .select(['id', 'origin_id', 'user_id'])
    .where('tenant_id', '=', tenantId)
    .where('token_hash', '=', credentialHash(deps.keyring, token))
    .executeTakeFirst();
  if (replaced === undefined) return undefined;
  // Someone else's session does not go on in this one: it ends as if that person had signed out.
  const reason = replaced.user_id === user.id ? 'replaced' : 'another_person';
  const ended = await endSessions(tx, deps, { tenantId, ids: [replaced.id], reason });
  // One that had ended before, perhaps in this very moment, is not taken up: an origin has one open session at most.
  return reason === 'replaced' && ended > 0 ? replaced.origin_id : undefined;
}

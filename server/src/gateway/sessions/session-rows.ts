import { recordEvent } from '#audit';
import { type IdSource, newId, type Principal } from '#base';
import { credentialHash, type Keyring } from '#keyring';
import { recordChange, type Store, type Tx } from '#store';
import type { GatewayAuditEvent } from '../audit-events.ts';
import type { CompiledSession } from './compile-session.ts';
import type { SessionTokens } from './session-port.ts';
import { GATEWAY_SESSION_TOPIC, type GatewaySessionTables, placeOfTokens } from './session-table.ts';

export interface SessionRowDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'seal' | 'open' | 'mac'>;
}

/** A session as it stands in the database. Times in milliseconds. */
export interface KeptSession {
  id: string;
  tokens: SessionTokens;
  version: number;
  createdAt: number;
  seenAt: number;
  expiresAt: number;
  /** In this process: not before that it tries again beside the requests. */
  renewsAfter: number;
}

type Row = GatewaySessionTables['gateway_sessions'];
const table = (tx: Tx) => tx.withTables<GatewaySessionTables>();

/** A new one in the place of `previous`, if there was one: nobody goes on under a name that was known before he signed in. */
export async function insertSession(
  deps: SessionRowDeps,
  { tenantId, name, spec }: CompiledSession,
  { credential, tokens, previous }: { credential: string; tokens: SessionTokens; previous: string | undefined },
): Promise<KeptSession> {
  const now = deps.clock.now();
  const id = newId('gatewaySession', deps);
  const times = { createdAt: now, seenAt: now, expiresAt: now + spec.absoluteSeconds * 1000, renewsAfter: 0 };
  const kept = { id, tokens, version: 1, ...times };
  await deps.store.transaction({ tenantId }, async (tx) => {
    if (previous !== undefined) await deleteSession(tx, deps, { tenantId, hash: previous, because: 'signed_in_again' });
    await table(tx)
      .insertInto('gateway_sessions')
      .values({
        tenant_id: tenantId,
        id,
        hash: credentialHash(deps.keyring, credential),
        kind: name,
        user_id: tokens.userId,
        issuer_session_id: tokens.sessionId ?? null,
        sealed: sealTokens(deps, tenantId, id, tokens),
        version: 1,
        renewing_until: null,
        created_at: now,
        seen_at: now,
        expires_at: kept.expiresAt,
      })
      .execute();
    await announce(tx, deps, {
      tenantId,
      id,
      userId: tokens.userId,
      type: 'gateway_session.started',
      detail: { name },
    });
  });
  return kept;
}

export async function findSession(
  { store, keyring }: SessionRowDeps,
  { tenantId, name }: CompiledSession,
  hash: string,
): Promise<KeptSession | undefined> {
  const row = await store.transaction(
    { tenantId },
    (tx) =>
      table(tx)
        .selectFrom('gateway_sessions')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('hash', '=', hash)
        .where('kind', '=', name)
        .executeTakeFirst(),
    { readOnly: true },
  );
  return row && toKept(keyring, row);
}

/** One statement decides who renews: everybody else waits for what comes of it. */
export async function claimRenewal(
  { store, clock }: SessionRowDeps,
  { tenantId, id, version }: { tenantId: string; id: string; version: number },
  milliseconds: number,
): Promise<boolean> {
  const now = clock.now();
  const claimed = await store.transaction({ tenantId }, (tx) =>
    table(tx)
      .updateTable('gateway_sessions')
      .set({ renewing_until: now + milliseconds })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('version', '=', version)
      .where((where) => where.or([where('renewing_until', 'is', null), where('renewing_until', '<=', now)]))
      .returning('id')
      .executeTakeFirst(),
  );
  return claimed !== undefined;
}

/** It came to nothing: somebody else may try, after a pause. */
export async function releaseRenewal(
  { store, clock }: SessionRowDeps,
  { tenantId, id, version }: { tenantId: string; id: string; version: number },
  pauseMilliseconds: number,
): Promise<void> {
  await store.transaction({ tenantId }, (tx) =>
    table(tx)
      .updateTable('gateway_sessions')
      .set({ renewing_until: clock.now() + pauseMilliseconds })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('version', '=', version)
      .execute(),
  );
}

/** @returns false when the session ended meanwhile. */
export async function storeRenewal(
  deps: SessionRowDeps,
  { tenantId, id, version }: { tenantId: string; id: string; version: number },
  tokens: SessionTokens,
): Promise<boolean> {
  return deps.store.transaction({ tenantId }, async (tx) => {
    const stored = await table(tx)
      .updateTable('gateway_sessions')
      .set({ sealed: sealTokens(deps, tenantId, id, tokens), version: version + 1, renewing_until: null })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('version', '=', version)
      .returning('id')
      .executeTakeFirst();
    if (stored === undefined) return false;
    await recordChange(tx, { tenantId, topic: GATEWAY_SESSION_TOPIC, id, operation: 'put' });
    return true;
  });
}

/** Not told to anybody: whoever thinks that it has been idle for too long looks here first. */
export async function touchSession(
  { store }: Pick<SessionRowDeps, 'store'>,
  { tenantId, id }: { tenantId: string; id: string },
  at: number,
): Promise<void> {
  await store.transaction({ tenantId }, (tx) =>
    table(tx)
      .updateTable('gateway_sessions')
      .set({ seen_at: at })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('seen_at', '<', at)
      .execute(),
  );
}

/** Once, however many ask for it; every gateway hears of it at once. */
export async function deleteSession(
  tx: Tx,
  deps: IdSource,
  { tenantId, because, ...which }: { tenantId: string; because: string } & ({ id: string } | { hash: string }),
): Promise<{ id: string; userId: string } | undefined> {
  const row = await table(tx)
    .deleteFrom('gateway_sessions')
    .where('tenant_id', '=', tenantId)
    .$if('id' in which, (query) => query.where('id', '=', 'id' in which ? which.id : ''))
    .$if('hash' in which, (query) => query.where('hash', '=', 'hash' in which ? which.hash : ''))
    .returning(['id', 'user_id', 'kind'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { id, user_id: userId } = row;
  const detail = { name: row.kind, because };
  await announce(tx, deps, { tenantId, id, userId, type: 'gateway_session.ended', detail });
  await recordChange(tx, { tenantId, topic: GATEWAY_SESSION_TOPIC, id, operation: 'delete' });
  return { id, userId };
}

/** What can't count any more. For housekeeping. */
export async function removeOldGatewaySessions({
  store,
  clock,
}: Pick<SessionRowDeps, 'store' | 'clock'>): Promise<void> {
  await store.transaction({ system: true }, (tx) =>
    table(tx).deleteFrom('gateway_sessions').where('expires_at', '<=', clock.now()).execute(),
  );
}

async function announce(
  tx: Tx,
  deps: IdSource,
  {
    tenantId,
    id,
    userId,
    type,
    detail,
  }: { tenantId: string; id: string; userId: string; type: GatewayAuditEvent; detail: Record<string, string> },
): Promise<void> {
  const credential = { type: 'session' as const, id };
  const actor: Principal = { type: 'user', id: userId, tenantId, roles: [], scopes: [], credential };
  await recordEvent(tx, deps, { tenantId, type, actor, target: { type: 'gateway_session', id }, detail });
}

function sealTokens({ keyring }: SessionRowDeps, tenantId: string, id: string, tokens: SessionTokens): string {
  return keyring.seal(JSON.stringify(tokens), placeOfTokens(tenantId, id));
}

function toKept(keyring: Pick<Keyring, 'open'>, row: Row): KeptSession {
  const { tenant_id: tenantId, id, version, created_at: createdAt, seen_at: seenAt, expires_at: expiresAt } = row;
  const tokens: SessionTokens = JSON.parse(keyring.open(row.sealed, placeOfTokens(tenantId, id)).toString());
  return { id, tokens, version, createdAt, seenAt, expiresAt, renewsAfter: 0 };
}

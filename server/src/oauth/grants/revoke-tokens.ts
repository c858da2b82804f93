import { sql } from 'kysely';
import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import { recordChange, type Store, type Tx } from '#store';
import { ACCESS_TOKEN_TTL_SECONDS_MAX } from '../clients/api-schema.ts';
import { type EndedGrant, queueLogouts } from '../logout/queue-logouts.ts';
import type { OAuthTables } from '../tables.ts';
import {
  encodeRevocation,
  REVOCATION_TOPIC,
  type Revocation,
  type RevocationKind,
  type RevocationList,
} from '../tokens/revocation-list.ts';

export interface RevokeTokensDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  revocations: RevocationList;
}

export interface RevokeTokensInput {
  tenantId: string;
  /** Of the client, where an organization owns it. */
  organizationId?: string;
  kind: RevocationKind;
  id: string;
  actor: Principal;
  /** For the audit log and for whoever asks why: `signed_out`, `client_request`, `refresh_token_reused`, ... */
  because: string;
  /** When the last token concerned expires, if that is known. Milliseconds. */
  expiresAt?: number;
  /** Of a user: only what was granted up to then. Milliseconds; left out, everything up to now. */
  grantedUpTo?: number;
}

const MARGIN_MILLISECONDS = 60_000;

/**
 * Ends every token the id stands for: access tokens at every gateway within the change feed's latency, refresh tokens
 * and codes with their grants. Doing it twice is doing it once.
 */
export async function revokeTokens(deps: RevokeTokensDeps, input: RevokeTokensInput): Promise<void> {
  const revocation = await deps.store.transaction({ tenantId: input.tenantId }, (tx) =>
    revokeTokensIn(tx, deps, input),
  );
  deps.revocations.add(revocation);
}

/**
 * The same, when there is anything to end: of several processes that hear of one reason, one does the work and writes
 * it down.
 */
export async function revokeTokensOnce(deps: RevokeTokensDeps, input: RevokeTokensInput): Promise<void> {
  const revocation = await deps.store.transaction({ tenantId: input.tenantId }, async (tx) =>
    (await endGrants(tx, deps, input)) === 0 ? undefined : revokeTokensIn(tx, deps, input),
  );
  if (revocation !== undefined) deps.revocations.add(revocation);
}

/** The same inside the caller's transaction. The caller adds what is returned to the list once it has committed. */
export async function revokeTokensIn(tx: Tx, ids: IdSource, input: RevokeTokensInput): Promise<Revocation> {
  const { tenantId, kind, id, actor, because } = input;
  await endGrants(tx, ids, input);
  // After the grants: a refresh that was under way held its grant's lock, so what it issued is older than `now`.
  const now = ids.clock.now();
  const expiresAt = (input.expiresAt ?? now + ACCESS_TOKEN_TTL_SECONDS_MAX * 1000) + MARGIN_MILLISECONDS;
  const beforeAt = COMES_BACK[kind] ? (input.grantedUpTo ?? now) : expiresAt;
  const revocation = { tenantId, kind, id, beforeAt, expiresAt };
  await storeRevocation(tx, revocation);
  await recordChange(tx, { tenantId, topic: REVOCATION_TOPIC, id: encodeRevocation(revocation), operation: 'put' });
  await recordEvent(tx, ids, {
    tenantId,
    ...(input.organizationId === undefined ? {} : { organizationId: input.organizationId }),
    type: 'token.revoked',
    actor,
    target: { type: TARGET_TYPES[kind], id },
    detail: { because },
  });
  return revocation;
}

/** May it get new tokens once it was revoked? What never comes back is revoked without end, whatever the clocks say. */
const COMES_BACK: Readonly<Record<RevocationKind, boolean>> = {
  jti: false,
  grant: false,
  client: true,
  secret: false,
  session: false,
  user: true,
};

const TARGET_TYPES: Readonly<Record<RevocationKind, string>> = {
  jti: 'access_token',
  grant: 'grant',
  client: 'client',
  secret: 'client_secret',
  session: 'session',
  user: 'user',
};

const GRANT_COLUMNS = {
  grant: 'id',
  client: 'client_id',
  secret: 'client_secret_id',
  session: 'session_id',
  user: 'user_id',
} as const;

/** With these a person is no longer signed in; with the others, somebody's access ends and nothing more. */
const SIGNS_OUT: ReadonlySet<RevocationKind> = new Set(['session', 'user']);

/** @returns how many ended here. */
async function endGrants(
  tx: Tx,
  ids: IdSource,
  { tenantId, kind, id, because, grantedUpTo }: RevokeTokensInput,
): Promise<number> {
  if (kind === 'jti') return 0;
  const ended = await tx
    .withTables<OAuthTables>()
    .updateTable('oauth_grants')
    .set({ revoked_at: ids.clock.now(), revoked_because: because })
    .where('tenant_id', '=', tenantId)
    .where(GRANT_COLUMNS[kind], '=', id)
    .where('revoked_at', 'is', null)
    .$if(grantedUpTo !== undefined, (query) => query.where('created_at', '<=', grantedUpTo ?? 0))
    .returning(['client_id', 'client_resource_id', 'user_id', 'scope', sessionOfGrant])
    .execute();
  const offline = kind === 'session' ? await leaveSession(tx, { tenantId, sessionId: id }) : [];
  if (SIGNS_OUT.has(kind)) await queueLogouts(tx, ids, { tenantId, grants: [...ended, ...offline] });
  return ended.length;
}

const sessionOfGrant = sql<string | null>`coalesce(session_id, offline_session_id)`.as('session_id');

/** Back-Channel Logout §2.7: refresh tokens for offline access live on, but their clients are told, once. */
async function leaveSession(
  tx: Tx,
  { tenantId, sessionId }: { tenantId: string; sessionId: string },
): Promise<EndedGrant[]> {
  const left = await tx
    .withTables<OAuthTables>()
    .updateTable('oauth_grants')
    .set({ offline_session_id: null })
    .where('tenant_id', '=', tenantId)
    .where('offline_session_id', '=', sessionId)
    .where('revoked_at', 'is', null)
    .returning(['client_id', 'client_resource_id', 'user_id', 'scope'])
    .execute();
  return left.map((grant) => ({ ...grant, session_id: sessionId }));
}

async function storeRevocation(tx: Tx, { tenantId, kind, id, beforeAt, expiresAt }: Revocation): Promise<void> {
  await tx
    .withTables<OAuthTables>()
    .insertInto('token_revocations')
    .values({ tenant_id: tenantId, kind, id, before_at: beforeAt, expires_at: expiresAt })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'kind', 'id']).doUpdateSet((row) => ({
        before_at: row.fn('greatest', ['token_revocations.before_at', 'excluded.before_at']),
        expires_at: row.fn('greatest', ['token_revocations.expires_at', 'excluded.expires_at']),
      })),
    )
    .execute();
}

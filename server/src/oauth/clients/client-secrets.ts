import { sql } from 'kysely';
import { recordEvent } from '#audit';
import { type IdSource, LIMITS, newId, type Principal } from '#base';
import { credentialHash, type Keyring, mintCredential } from '#keyring';
import { findResource } from '#resources';
import { recordChange, type Store, type Tx } from '#store';
import { authMethodsOf } from '../authentication/auth-methods.ts';
import { CLIENT_SECRETS_MAX } from '../authentication/check-secret.ts';
import { oauthErrors } from '../errors.ts';
import { revokeTokensIn } from '../grants/revoke-tokens.ts';
import { clientKind } from '../kinds.ts';
import type { OAuthTables } from '../tables.ts';
import type { ClientSpec } from './client-schema.ts';
import { CLIENT_SECRET_TOPIC } from './load-secrets.ts';

export interface ClientSecretDeps extends IdSource {
  store: Pick<Store, 'transaction' | 'changes'>;
  keyring: Pick<Keyring, 'mac'>;
}

/** What may be known of a secret once it was shown. */
export interface ClientSecretInfo {
  id: string;
  clientId: string;
  /** Its last four characters. */
  hint: string;
  description?: string;
  /** Milliseconds. */
  createdAt: number;
  expiresAt?: number;
}

export interface IssueClientSecretInput {
  tenantId: string;
  clientId: string;
  description?: string | undefined;
  /** From now; without it, the secret is good until it is revoked. */
  expiresInSeconds?: number | undefined;
  actor: Principal;
}

/**
 * A new secret beside those the client has, so that it can be changed without a moment in which none is good. Shown here
 * and never again. When this returns, this process accepts it already.
 * @throws `client_not_found`, `client_takes_no_secret`, `client_secrets_full`.
 */
export async function issueClientSecret(
  deps: ClientSecretDeps,
  input: IssueClientSecretInput,
): Promise<ClientSecretInfo & { secret: string }> {
  const { tenantId, clientId, actor } = input;
  const secret = mintCredential('client_secret', deps.random);
  const description = input.description?.slice(0, LIMITS.textLengthMax);
  const createdAt = deps.clock.now();
  const expiresAt = input.expiresInSeconds === undefined ? undefined : createdAt + input.expiresInSeconds * 1000;
  const id = newId('clientSecret', deps);
  await deps.store.transaction({ tenantId }, async (tx) => {
    const client = await lockClient(tx, tenantId, clientId);
    if (!takesSecrets(client.spec)) throw oauthErrors.client_takes_no_secret();
    await makeRoom(tx, deps, tenantId, client.id);
    await tx
      .withTables<OAuthTables>()
      .insertInto('client_secrets')
      .values({
        tenant_id: tenantId,
        id,
        client_resource_id: client.id,
        hash: credentialHash(deps.keyring, secret),
        hint: secret.slice(-4),
        description: description ?? null,
        created_at: createdAt,
        expires_at: expiresAt ?? null,
      })
      .execute();
    await recordEvent(tx, deps, {
      tenantId,
      ...inside(client),
      type: 'client_secret.issued',
      actor,
      target: { type: 'client', id: client.id, name: clientId },
      detail: { secret_id: id },
    });
    await recordChange(tx, { tenantId, topic: CLIENT_SECRET_TOPIC, id, operation: 'put' });
  });
  // It stands: failing now would lose the one sight of it. Without the feed it is accepted a little later.
  await deps.store.changes.caughtUp().catch(() => undefined);
  return {
    id,
    clientId,
    secret,
    hint: secret.slice(-4),
    createdAt,
    ...(description === undefined ? {} : { description }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** The client's live secrets, oldest first. @throws `client_not_found`. */
export async function listClientSecrets(
  deps: Pick<ClientSecretDeps, 'store' | 'clock'>,
  { tenantId, clientId }: { tenantId: string; clientId: string },
): Promise<ClientSecretInfo[]> {
  const rows = await deps.store.transaction({ tenantId }, async (tx) => {
    const client = await findClient(tx, tenantId, clientId);
    return tx
      .withTables<OAuthTables>()
      .selectFrom('client_secrets')
      .select(['id', 'hint', 'description', 'created_at', 'expires_at'])
      .where('tenant_id', '=', tenantId)
      .where('client_resource_id', '=', client.id)
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', deps.clock.now())]))
      .orderBy('id')
      .execute();
  });
  return rows.map(({ id, hint, description, created_at, expires_at }) => ({
    id,
    clientId,
    hint,
    createdAt: created_at,
    ...(description === null ? {} : { description }),
    ...(expires_at === null ? {} : { expiresAt: expires_at }),
  }));
}

/** A client that proves itself in another way must not get a second, weaker one. */
function takesSecrets(spec: ClientSpec): boolean {
  const methods = authMethodsOf(spec);
  return methods.has('client_secret_basic') || methods.has('client_secret_post');
}

/**
 * Ends one secret. What was obtained with it lives on (`keep`), as when one secret replaces another, or ends with it
 * (`end`), as when it leaked. When this returns, this process refuses it already. @throws `client_secret_not_found`.
 */
export async function revokeClientSecret(
  deps: ClientSecretDeps,
  input: {
    tenantId: string;
    clientId: string;
    secretId: string;
    tokens?: 'keep' | 'end' | undefined;
    actor: Principal;
  },
): Promise<void> {
  const { tenantId, clientId, secretId, tokens = 'keep', actor } = input;
  await deps.store.transaction({ tenantId }, async (tx) => {
    const client = await findClient(tx, tenantId, clientId);
    const removed = await tx
      .withTables<OAuthTables>()
      .deleteFrom('client_secrets')
      .where('tenant_id', '=', tenantId)
      .where('client_resource_id', '=', client.id)
      .where('id', '=', secretId)
      .returning('id')
      .executeTakeFirst();
    if (removed === undefined) throw oauthErrors.client_secret_not_found();
    await recordEvent(tx, deps, {
      tenantId,
      ...inside(client),
      type: 'client_secret.revoked',
      actor,
      target: { type: 'client', id: client.id, name: clientId },
      detail: { secret_id: secretId, tokens },
    });
    await recordChange(tx, { tenantId, topic: CLIENT_SECRET_TOPIC, id: secretId, operation: 'delete' });
    if (tokens === 'end') {
      await revokeTokensIn(tx, deps, {
        tenantId,
        ...inside(client),
        kind: 'secret',
        id: secretId,
        actor,
        because: 'client_secret_revoked',
      });
    }
  });
  await deps.store.changes.caughtUp();
}

/** The organization whose client it is reads in its own log what happens to it. */
const inside = ({ organizationId }: { organizationId?: string }) =>
  organizationId === undefined ? {} : { organizationId };

async function findClient(tx: Tx, tenantId: string, name: string) {
  const client = await findResource(tx, { tenantId, kind: clientKind, name });
  if (client === undefined) throw oauthErrors.client_not_found();
  return client;
}

/** Issuing takes turns per client, so that two at once can't both take the last place. Held until commit. */
async function lockClient(tx: Tx, tenantId: string, name: string) {
  const client = await findClient(tx, tenantId, name);
  await sql`select pg_advisory_xact_lock(hashtextextended(${`client_secrets ${client.id}`}, 0))`.execute(tx);
  return client;
}

async function makeRoom(tx: Tx, { clock }: IdSource, tenantId: string, clientResourceId: string): Promise<void> {
  const db = tx.withTables<OAuthTables>();
  await db
    .deleteFrom('client_secrets')
    .where('tenant_id', '=', tenantId)
    .where('client_resource_id', '=', clientResourceId)
    .where('expires_at', '<=', clock.now())
    .execute();
  const { count } = await db
    .selectFrom('client_secrets')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('client_resource_id', '=', clientResourceId)
    .executeTakeFirstOrThrow();
  if (Number(count) >= CLIENT_SECRETS_MAX) throw oauthErrors.client_secrets_full();
}

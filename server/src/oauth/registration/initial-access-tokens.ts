import { recordEvent } from '#audit';
import { type IdSource, newId, type Principal } from '#base';
import { credentialHash, type Keyring, mintCredential, recogniseCredential } from '#keyring';
import { findResource } from '#resources';
import type { Store } from '#store';
import { oauthErrors } from '../errors.ts';
import { clientRegistrationPolicyKind } from '../kinds.ts';
import type { RegistrationTables } from './tables.ts';

export interface InitialAccessTokenDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
}

export interface InitialAccessTokenInfo {
  id: string;
  policy: string;
  description: string | undefined;
  usesLeft: number;
  /** Milliseconds. */
  createdAt: number;
  expiresAt: number;
}

export interface IssueInitialAccessTokenInput {
  tenantId: string;
  policy: string;
  description?: string | undefined;
  uses: number;
  expiresInSeconds: number;
  actor: Principal;
}

/** A token with which so many clients may be registered under a policy (RFC 7591 §3). Shown here and never again. */
export async function issueInitialAccessToken(
  deps: InitialAccessTokenDeps,
  input: IssueInitialAccessTokenInput,
): Promise<InitialAccessTokenInfo & { token: string }> {
  const { tenantId, policy, description, uses, actor } = input;
  const token = mintCredential('initial_access_token', deps.random);
  const id = newId('registrationToken', deps);
  const createdAt = deps.clock.now();
  const expiresAt = createdAt + input.expiresInSeconds * 1000;
  await deps.store.transaction({ tenantId }, async (tx) => {
    if ((await findResource(tx, { tenantId, kind: clientRegistrationPolicyKind, name: policy })) === undefined) {
      throw oauthErrors.client_registration_policy_not_found();
    }
    await tx
      .withTables<RegistrationTables>()
      .insertInto('initial_access_tokens')
      .values({
        tenant_id: tenantId,
        id,
        hash: credentialHash(deps.keyring, token),
        policy,
        description: description ?? null,
        uses_left: uses,
        created_at: createdAt,
        expires_at: expiresAt,
      })
      .execute();
    await recordEvent(tx, deps, {
      tenantId,
      type: 'initial_access_token.issued',
      actor,
      target: { type: 'initial_access_token', id },
      detail: { policy, uses },
    });
  });
  return { id, policy, description, usesLeft: uses, createdAt, expiresAt, token };
}

/** Those that can still be used, oldest first. */
export async function listInitialAccessTokens(
  { store, clock }: Pick<InitialAccessTokenDeps, 'store' | 'clock'>,
  { tenantId }: { tenantId: string },
): Promise<InitialAccessTokenInfo[]> {
  const rows = await store.transaction(
    { tenantId },
    (tx) =>
      tx
        .withTables<RegistrationTables>()
        .selectFrom('initial_access_tokens')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('uses_left', '>', 0)
        .where('expires_at', '>', clock.now())
        .orderBy('id')
        .limit(500)
        .execute(),
    { readOnly: true },
  );
  return rows.map((row) => ({
    id: row.id,
    policy: row.policy,
    description: row.description ?? undefined,
    usesLeft: row.uses_left,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }));
}

/** @throws `initial_access_token_not_found`. */
export async function revokeInitialAccessToken(
  deps: InitialAccessTokenDeps,
  { tenantId, id, actor }: { tenantId: string; id: string; actor: Principal },
): Promise<void> {
  await deps.store.transaction({ tenantId }, async (tx) => {
    const removed = await tx
      .withTables<RegistrationTables>()
      .deleteFrom('initial_access_tokens')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst();
    if (removed === undefined) throw oauthErrors.initial_access_token_not_found();
    const target = { type: 'initial_access_token', id };
    await recordEvent(tx, deps, { tenantId, type: 'initial_access_token.revoked', actor, target });
  });
}

/** One use less. One statement: the last use is had once. @returns the policy, or undefined when the token is no good. */
export async function useInitialAccessToken(
  { store, keyring, clock }: InitialAccessTokenDeps,
  tenantId: string,
  token: string,
): Promise<string | undefined> {
  if (recogniseCredential(token)?.kind !== 'initial_access_token') return undefined;
  const used = await store.transaction({ tenantId }, (tx) =>
    tx
      .withTables<RegistrationTables>()
      .updateTable('initial_access_tokens')
      .set((set) => ({ uses_left: set('uses_left', '-', 1) }))
      .where('tenant_id', '=', tenantId)
      .where('hash', '=', credentialHash(keyring, token))
      .where('uses_left', '>', 0)
      .where('expires_at', '>', clock.now())
      .returning('policy')
      .executeTakeFirst(),
  );
  return used?.policy;
}

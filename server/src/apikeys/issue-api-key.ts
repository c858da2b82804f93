import type { z } from 'zod';
import { recordEvent } from '#audit';
import { type Clock, newId, type Principal, parse, type Random } from '#base';
import { credentialHash, describeCredential, type Keyring, mintCredential } from '#keyring';
import { recordChange, type Store, type Tx } from '#store';
import {
  API_KEY_TOPIC,
  type ApiKey,
  type ApiKeyOwner,
  type ApiKeyRestrictions,
  type ApiKeyRow,
  type ApikeysTables,
  toApiKey,
} from './api-key.ts';
import { demandPlan, giverOf, holdPlan, planUnlessNamed } from './choose-plan.ts';
import { apikeysErrors } from './errors.ts';
import { demandLifetime } from './key-policy.ts';
import { newApiKeySchema } from './new-api-key.ts';

/** What a key is to be able to do, and where, for {@link IssueApiKeyDeps.authorizeGrant} to judge. */
export interface ApiKeyGrant {
  tenantId: string;
  organizationId?: string;
  owner?: ApiKeyOwner;
  scopes: readonly string[];
  roles: readonly string[];
  restrictions: ApiKeyRestrictions;
}

export interface IssueApiKeyDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
  clock: Clock;
  random: Random;
  /**
   * Asked before anything is written, in the same transaction: may this actor hand this out, and do the roles, APIs and
   * routes exist? It throws when not. This room knows them but by name, so the judgement comes from outside.
   */
  authorizeGrant: (tx: Tx, actor: Principal, grant: ApiKeyGrant) => Promise<void> | void;
  /** Does this actor hold the permission? */
  holds: (actor: Principal, permission: string) => boolean;
}

export interface IssueApiKeyInput extends z.input<typeof newApiKeySchema> {
  tenantId: string;
  organizationId?: string;
  actor: Principal;
}

/**
 * Makes a key. Its text is in the answer and nowhere else: only a keyed hash is kept.
 * @throws `invalid_input`, `api_key_plan_unknown`, `plan_beyond_own`, `api_key_lifetime_refused`,
 * `api_key_environment_exceeded`, and what `authorizeGrant` throws.
 */
export async function issueApiKey(
  deps: IssueApiKeyDeps,
  { tenantId, organizationId, actor, ...input }: IssueApiKeyInput,
): Promise<IssuedApiKey> {
  const { store, clock } = deps;
  const wanted = parse(
    newApiKeySchema.refine(({ expiresAt }) => expiresAt === undefined || expiresAt > clock.now(), {
      path: ['expiresAt'],
      message: 'must lie in the future',
    }),
    input,
  );
  const { addresses, apis, routes } = wanted.restrictions;
  const inOrganization = organizationId === undefined ? {} : { organizationId };
  return store.transaction({ tenantId, ...inOrganization }, async (tx) => {
    const plan = await planOfNew(tx, deps, { tenantId, actor, plan: wanted.plan });
    const issued = newApiKeyRow(deps, {
      tenant_id: tenantId,
      organization_id: organizationId ?? null,
      name: wanted.name,
      environment: wanted.environment,
      owner_type: wanted.owner?.type ?? null,
      owner_id: wanted.owner?.id ?? null,
      scopes: wanted.scopes,
      roles: wanted.roles,
      plan,
      created_by: actor.id,
      expires_at: wanted.expiresAt ?? null,
      description: wanted.description ?? null,
      tags: wanted.tags,
      contact_email: wanted.contactEmail ?? null,
      allowed_addresses: addresses ?? null,
      allowed_apis: apis ?? null,
      allowed_routes: routes ?? null,
      replaces: null,
    });
    return insertApiKey(tx, deps, { ...issued, actor });
  });
}

/** The plan of a key that takes no other's place: as it was asked for, if the actor may, or what is given unasked. */
export async function planOfNew(
  tx: Tx,
  { holds }: Pick<IssueApiKeyDeps, 'holds'>,
  { tenantId, actor, plan: named }: { tenantId: string; actor: Principal; plan: string | null | undefined },
): Promise<string | null> {
  const giver = giverOf(actor, holds);
  const given = await planUnlessNamed(tx, tenantId, giver);
  const plan = named === undefined ? given : named;
  await demandPlan(tx, giver, { tenantId, plan, given });
  return plan;
}

export interface IssuedApiKey {
  /** The key itself, for the answer alone. */
  key: string;
  apiKey: ApiKey;
}

/** What is decided when a key is made. The rest follows, or comes later in its life. */
export type ApiKeyChoices = Omit<
  ApiKeyRow,
  | 'id'
  | 'hash'
  | 'display_prefix'
  | 'last4'
  | 'created_at'
  | 'revoked_at'
  | 'revoke_reason'
  | 'quarantined_at'
  | 'quarantine_reason'
  | 'replaced_by'
>;

export interface NewApiKey {
  key: string;
  row: ApiKeyRow;
}

export function newApiKeyRow(
  { keyring, clock, random }: Pick<IssueApiKeyDeps, 'keyring' | 'clock' | 'random'>,
  choices: ApiKeyChoices,
): NewApiKey {
  const key = mintCredential('api_key', random, choices.environment);
  const { displayPrefix, last4 } = describeCredential(key);
  const row: ApiKeyRow = {
    ...choices,
    id: newId('apiKey', { clock, random }),
    hash: credentialHash(keyring, key),
    display_prefix: displayPrefix,
    last4,
    created_at: clock.now(),
    revoked_at: null,
    revoke_reason: null,
    quarantined_at: null,
    quarantine_reason: null,
    replaced_by: null,
  };
  return { key, row };
}

/** Judged, written, announced and recorded, or none of it. The plan is judged before: a successor keeps what is there. */
export async function insertApiKey(
  tx: Tx,
  deps: Omit<IssueApiKeyDeps, 'store'>,
  { key, row, actor }: NewApiKey & { actor: Principal },
): Promise<IssuedApiKey> {
  const apiKey = toApiKey(row);
  const { tenantId, organizationId, owner, environment, scopes, roles, plan, expiresAt, restrictions } = apiKey;
  const inOrganization = organizationId === undefined ? {} : { organizationId };
  const owned = owner === undefined ? {} : { owner };
  // Whoever holds a test key, or a token made from one, can't turn it into a live one: not by issuing, not by rotating.
  if (actor.credential.environment === 'test' && environment !== 'test')
    throw apikeysErrors.api_key_environment_exceeded();
  await deps.authorizeGrant(tx, actor, { tenantId, ...inOrganization, ...owned, scopes, roles, restrictions });
  if (plan !== undefined) await holdPlan(tx, { tenantId, plan });
  // What the program issues to itself, for the command line on this machine, it also ends and replaces.
  if (actor.type !== 'system') await demandLifetime(tx, apiKey);
  await tx.withTables<ApikeysTables>().insertInto('api_keys').values(row).execute();
  await recordChange(tx, { tenantId, topic: API_KEY_TOPIC, id: row.id, operation: 'put' });
  await recordEvent(tx, deps, {
    tenantId,
    ...inOrganization,
    type: 'api_key.issued',
    actor,
    target: { type: 'api_key', id: row.id, name: row.name },
    detail: {
      environment,
      scopes,
      roles,
      ...(plan === undefined ? {} : { plan }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(owner && { owner: { ...owner } }),
      ...(Object.keys(restrictions).length === 0 ? {} : { restrictions: { ...restrictions } }),
      ...(row.replaces === null ? {} : { replaces: row.replaces }),
    },
  });
  return { key, apiKey };
}

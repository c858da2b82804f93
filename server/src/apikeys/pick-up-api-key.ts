import { sql } from 'kysely';
import { recordEvent } from '#audit';
import { GatehouseError, systemPrincipal } from '#base';
import { credentialHash, mintCredential } from '#keyring';
import type { Mailer } from '#mail';
import type { Store, Tx } from '#store';
import type { ApikeysAuditEvent } from './audit-events.ts';
import type { IssueApiKeyDeps } from './issue-api-key.ts';
import { keyPolicyOf } from './key-policy.ts';
import { rotateApiKeyIn } from './rotate-api-key.ts';

/**
 * Scheduled rotation: whoever a key belongs to gets a one-time link by mail, and with it makes the new key and sees it
 * once. So no new key lies about until somebody comes for it, and none is ever sent. See docs/adr/0052.
 */

const DAY_MILLISECONDS = 86_400_000;
/** So long after the key was due a link is still good. */
const GOOD_AFTER_MILLISECONDS = 14 * DAY_MILLISECONDS;
/** So many in one round; the rest follow in the next. */
const OFFERED_MAX = 200;

export interface OfferRotationsDeps extends Pick<IssueApiKeyDeps, 'keyring' | 'clock' | 'random'> {
  store: Pick<Store, 'transaction'>;
  mailer: Pick<Mailer, 'queue'>;
  mailAddressOf(tx: Tx, owner: { tenantId: string; userId: string }): Promise<string | undefined>;
  /** The address at which the link is followed. */
  linkTo(token: string): string;
}

interface DueKey {
  id: string;
  organization_id: string | null;
  name: string;
  display_prefix: string;
  last4: string;
  owner_type: string | null;
  owner_id: string | null;
  contact_email: string | null;
  due_at: string;
}

const displayOf = ({ display_prefix, last4 }: Pick<DueKey, 'display_prefix' | 'last4'>) => `${display_prefix}…${last4}`;

/**
 * Sends a link for each key that is soon to be rotated by the tenant's policy. Each is claimed by one row that only one
 * transaction can insert, with the mail. A key with nobody to write to is left to its reminders.
 * @returns how many links were sent.
 */
export async function offerRotations(deps: OfferRotationsDeps, { tenantId }: { tenantId: string }): Promise<number> {
  const due = await deps.store.transaction({ tenantId }, (tx) => findDue(tx, tenantId, deps.clock.now()), {
    readOnly: true,
  });
  let offered = 0;
  for (const key of due) {
    if (await deps.store.transaction({ tenantId }, (tx) => offer(tx, deps, { tenantId, key }))) offered += 1;
  }
  return offered;
}

async function findDue(tx: Tx, tenantId: string, now: number): Promise<DueKey[]> {
  const { rotateEveryDays, pickUp } = await keyPolicyOf(tx, tenantId);
  if (rotateEveryDays === undefined || pickUp === undefined) return [];
  const every = rotateEveryDays * DAY_MILLISECONDS;
  const { rows } = await sql<DueKey>`
    select id, organization_id, name, display_prefix, last4, owner_type, owner_id, contact_email,
      created_at + ${every}::bigint as due_at
    from api_keys as keys
    where tenant_id = ${tenantId} and revoked_at is null and quarantined_at is null and replaced_by is null
      and (expires_at is null or (expires_at > ${now} and expires_at > created_at + ${every}::bigint))
      and created_at + ${every}::bigint <= ${now + pickUp.daysBefore * DAY_MILLISECONDS}
      and (contact_email is not null or owner_type = 'user')
      and not exists (
        select 1 from api_key_pick_ups as sent
        where sent.tenant_id = keys.tenant_id and sent.key_id = keys.id and sent.due_at = created_at + ${every}::bigint)
    order by due_at, id limit ${OFFERED_MAX}`.execute(tx);
  return rows;
}

async function offer(
  tx: Tx,
  deps: OfferRotationsDeps,
  { tenantId, key }: { tenantId: string; key: DueKey },
): Promise<boolean> {
  const { id, owner_type: ownerType, owner_id: ownerId } = key;
  const now = deps.clock.now();
  const dueAt = Number(key.due_at);
  const person =
    ownerType === 'user' && ownerId !== null ? await deps.mailAddressOf(tx, { tenantId, userId: ownerId }) : undefined;
  const to = key.contact_email ?? person;
  if (to === undefined) return false;
  const token = mintCredential('one_time_link', deps.random);
  const { rows } = await sql`
    insert into api_key_pick_ups (tenant_id, key_id, due_at, token_hash, offered_at, expires_at)
    values (${tenantId}, ${id}, ${dueAt}, ${credentialHash(deps.keyring, token)}, ${now},
      ${Math.max(dueAt, now) + GOOD_AFTER_MILLISECONDS})
    on conflict do nothing returning key_id`.execute(tx);
  if (rows.length === 0) return false;
  await recordEvent(tx, deps, {
    tenantId,
    ...(key.organization_id === null ? {} : { organizationId: key.organization_id }),
    type: 'api_key.rotation_offered' satisfies ApikeysAuditEvent,
    actor: systemPrincipal(tenantId, 'offer_rotations'),
    target: { type: 'api_key', id, name: key.name },
    detail: { dueAt },
  });
  const time = `${new Date(dueAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const days = String(Math.max(0, Math.ceil((dueAt - now) / DAY_MILLISECONDS)));
  const values = { key: key.name, display: displayOf(key), days, time, link: deps.linkTo(token) };
  await deps.mailer.queue(tx, { tenantId, to, name: '', template: 'key_pick_up', values });
  return true;
}

export interface ShownPickUp {
  name: string;
  display: string;
}

interface Link {
  tenantId: string;
  token: string;
}

/** What a link is for; undefined when it is good for nothing (any more). */
export async function viewPickUp(
  { store, keyring, clock }: Pick<OfferRotationsDeps, 'store' | 'keyring' | 'clock'>,
  { tenantId, token }: Link,
): Promise<ShownPickUp | undefined> {
  const { rows } = await store.transaction(
    { tenantId },
    (tx) =>
      sql<Pick<DueKey, 'name' | 'display_prefix' | 'last4'>>`
        select name, display_prefix, last4 from api_key_pick_ups as sent
        join api_keys as keys on keys.tenant_id = sent.tenant_id and keys.id = sent.key_id
        where sent.tenant_id = ${tenantId} and token_hash = ${credentialHash(keyring, token)}
          and sent.expires_at > ${clock.now()} and replaced_by is null and revoked_at is null and quarantined_at is null
          and (keys.expires_at is null or keys.expires_at > ${clock.now()})`.execute(tx),
    { readOnly: true },
  );
  const [found] = rows;
  return found && { name: found.name, display: displayOf(found) };
}

export type KeyPickUpDeps = IssueApiKeyDeps;

export interface PickedUpKey {
  name: string;
  /** The key itself, for the page alone. */
  key: string;
  /** When the old one ends. Milliseconds. */
  endsAt: number;
}

/**
 * Uses a link up and rotates its key, or neither: one statement decides who of several has it.
 * @returns undefined when the link is good for nothing: used, too old, or its key was ended, set aside or replaced otherwise.
 */
export async function pickUpKey(deps: KeyPickUpDeps, { tenantId, token }: Link): Promise<PickedUpKey | undefined> {
  const { store, keyring, clock } = deps;
  try {
    return await store.transaction({ tenantId }, async (tx) => {
      const now = clock.now();
      // The row stays, so that the same key is not offered anew for the same time; its link opens nothing any more.
      const { rows } = await sql<{ key_id: string }>`
        update api_key_pick_ups set expires_at = 0
        where tenant_id = ${tenantId} and token_hash = ${credentialHash(keyring, token)} and expires_at > ${now}
        returning key_id`.execute(tx);
      const id = rows[0]?.key_id;
      if (id === undefined) return undefined;
      const { pickUp } = await keyPolicyOf(tx, tenantId);
      const overlapMilliseconds = (pickUp?.overlapDays ?? 0) * DAY_MILLISECONDS;
      const actor = systemPrincipal(tenantId, 'key_pick_up');
      const { key, apiKey, previous } = await rotateApiKeyIn(tx, deps, { tenantId, actor, id, overlapMilliseconds });
      return { name: apiKey.name, key, endsAt: previous.expiresAt ?? now };
    });
  } catch (error) {
    if (error instanceof GatehouseError && GONE.has(error.code)) return undefined;
    throw error;
  }
}

/** The link is not spent then: one of a key that is set aside is good again when that is released. */
const GONE = new Set(['api_key_not_found', 'api_key_ended', 'api_key_replaced', 'api_key_set_aside']);

/** Removes what was offered long ago. */
export async function prunePickUps({ store }: Pick<OfferRotationsDeps, 'store'>, before: number): Promise<void> {
  await store.transaction({ system: true }, (tx) =>
    sql`delete from api_key_pick_ups where due_at < ${before}`.execute(tx),
  );
}

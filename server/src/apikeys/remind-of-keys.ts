import { sql } from 'kysely';
import { recordEvent } from '#audit';
import { type Clock, type Random, systemPrincipal } from '#base';
import type { Mailer } from '#mail';
import type { Store, Tx } from '#store';
import type { ApikeysAuditEvent } from './audit-events.ts';
import { keyPolicyOf } from './key-policy.ts';

const DAY_MILLISECONDS = 86_400_000;
/** So many in one round; the rest follow in the next. */
const REMINDED_MAX = 500;

export interface RemindOfKeysDeps {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
  random: Random;
  mailer: Pick<Mailer, 'queue'>;
  /** Where to write to the person that a key acts for. */
  mailAddressOf(tx: Tx, owner: { tenantId: string; userId: string }): Promise<string | undefined>;
}

const TEMPLATES = { expiry: 'key_expires', rotation: 'key_rotation_due', retirement: 'key_unused' } as const;

interface DueKey {
  id: string;
  organization_id: string | null;
  name: string;
  display_prefix: string;
  last4: string;
  owner_type: string | null;
  owner_id: string | null;
  contact_email: string | null;
  kind: keyof typeof TEMPLATES;
  due_at: string;
  days: number;
}

/**
 * Writes to whoever a key belongs to that it ends soon, or by the tenant's policy is soon to be rotated, or to be retired
 * because nobody uses it: 30, 7 and 1 days before, each once. Each reminder is claimed by one row that only one transaction can insert, and the mail is asked for
 * in the same transaction: two processes at once send one mail, and one that dies sends it when it is back.
 * A key that was issued within the time of a reminder gets the next one.
 * @returns how many reminders were claimed; a key with nobody to write to has its event alone.
 */
export async function remindOfKeys(deps: RemindOfKeysDeps, { tenantId }: { tenantId: string }): Promise<number> {
  const now = deps.clock.now();
  const due = await deps.store.transaction({ tenantId }, (tx) => findDue(tx, tenantId, now), { readOnly: true });
  let claimed = 0;
  for (const key of due) {
    const done = await deps.store.transaction({ tenantId }, (tx) => remind(tx, deps, { tenantId, key, now }));
    if (done) claimed += 1;
  }
  return claimed;
}

async function findDue(tx: Tx, tenantId: string, now: number): Promise<DueKey[]> {
  const { rotateEveryDays, retireUnusedAfterDays } = await keyPolicyOf(tx, tenantId);
  const rotateAfter = rotateEveryDays === undefined ? null : rotateEveryDays * DAY_MILLISECONDS;
  const retireAfter = retireUnusedAfterDays === undefined ? null : retireUnusedAfterDays * DAY_MILLISECONDS;
  // `since`: from when on it was on its way there. A key that rests is told of in the last third of its time at most, so that
  // one that is used now and then is not written about each time.
  const { rows } = await sql<DueKey>`
    with ends as (
      select keys.*, 'expiry' as kind, expires_at as due_at, created_at as since, 1 as share from api_keys as keys
      where tenant_id = ${tenantId} and expires_at is not null
      union all
      select keys.*, 'retirement', greatest(created_at, coalesce(used.at, 0)) + ${retireAfter}::bigint,
        greatest(created_at, coalesce(used.at, 0)), 3
      from api_keys as keys
      left join api_key_last_use as used on used.tenant_id = keys.tenant_id and used.key_id = keys.id
      where keys.tenant_id = ${tenantId} and ${retireAfter}::bigint is not null
      union all
      select keys.*, 'rotation', created_at + ${rotateAfter}::bigint, created_at, 1 from api_keys as keys
      where tenant_id = ${tenantId} and ${rotateAfter}::bigint is not null
        and (expires_at is null or expires_at > created_at + ${rotateAfter}::bigint)
    ), staged as (
      select *, case
        when due_at - ${now}::bigint <= ${DAY_MILLISECONDS}::bigint then 1
        when due_at - ${now}::bigint <= ${7 * DAY_MILLISECONDS}::bigint then 7
        else 30 end as days
      from ends
      where due_at > ${now}::bigint and due_at <= ${now + 30 * DAY_MILLISECONDS}::bigint
        and revoked_at is null and replaced_by is null and (expires_at is null or expires_at > ${now}::bigint)
    )
    select id, organization_id, name, display_prefix, last4, owner_type, owner_id, contact_email, kind, due_at, days
    from staged
    where since <= due_at - share * days * ${DAY_MILLISECONDS}::bigint and created_at < due_at - days * ${DAY_MILLISECONDS}::bigint
      and not exists (
        select 1 from api_key_reminders as told
        where told.tenant_id = staged.tenant_id and told.key_id = staged.id and told.kind = staged.kind
          and told.due_at = staged.due_at and told.days <= staged.days)
    order by due_at, id limit ${REMINDED_MAX}`.execute(tx);
  return rows;
}

async function remind(
  tx: Tx,
  deps: RemindOfKeysDeps,
  { tenantId, key, now }: { tenantId: string; key: DueKey; now: number },
): Promise<boolean> {
  const { id, kind, days } = key;
  const dueAt = Number(key.due_at);
  const { rows } = await sql`
    insert into api_key_reminders (tenant_id, key_id, kind, due_at, days, sent_at)
    values (${tenantId}, ${id}, ${kind}, ${dueAt}, ${days}, ${now})
    on conflict do nothing returning key_id`.execute(tx);
  if (rows.length === 0) return false;
  await recordEvent(tx, deps, {
    tenantId,
    ...(key.organization_id === null ? {} : { organizationId: key.organization_id }),
    type: 'api_key.reminded' satisfies ApikeysAuditEvent,
    actor: systemPrincipal(tenantId, 'remind_of_keys'),
    target: { type: 'api_key', id, name: key.name },
    detail: { kind, days, dueAt },
  });
  const person =
    key.owner_type === 'user' && key.owner_id !== null
      ? await deps.mailAddressOf(tx, { tenantId, userId: key.owner_id })
      : undefined;
  const to = key.contact_email ?? person;
  if (to === undefined) return true;
  const time = `${new Date(dueAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  // As many as there are: of a policy that is new, or after a pause, the reminder comes late for its own 30, 7 or 1.
  const left = String(Math.ceil((dueAt - now) / DAY_MILLISECONDS));
  const values = { key: key.name, display: `${key.display_prefix}…${key.last4}`, days: left, time };
  await deps.mailer.queue(tx, { tenantId, to, name: '', template: TEMPLATES[kind], values });
  return true;
}

/** Removes what was told of ends that are long past. */
export async function pruneReminders({ store }: Pick<RemindOfKeysDeps, 'store'>, before: number): Promise<void> {
  await store.transaction({ system: true }, (tx) =>
    sql`delete from api_key_reminders where due_at < ${before}`.execute(tx),
  );
}

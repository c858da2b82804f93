import { sql } from 'kysely';
import { storeErrors } from '../errors.ts';
import type { Tx } from '../scope.ts';
import { CHANNEL, type NewChange } from './change.ts';

/** With tenant and framing the notification stays far below PostgreSQL's limit of 8,000 bytes. */
const TOPIC_BYTES_MAX = 128;
const ID_BYTES_MAX = 512;

/**
 * Records that something changed, in the transaction that changes it, after the change itself. Other processes hear of it
 * when the transaction commits, and never when it does not. The notification carries the change: no query is needed.
 * @throws `change_too_large`.
 */
export async function recordChange(tx: Tx, change: NewChange): Promise<void> {
  await recordChanges(tx, change.tenantId, [change]);
}

/** The same for several things of one tenant, in their order, in one statement. */
export async function recordChanges(
  tx: Tx,
  tenantId: string,
  changes: readonly Omit<NewChange, 'tenantId'>[],
): Promise<void> {
  if (changes.length === 0) return;
  const large = changes.find(
    ({ topic, id }) => Buffer.byteLength(topic) > TOPIC_BYTES_MAX || Buffer.byteLength(id) > ID_BYTES_MAX,
  );
  if (large !== undefined)
    throw storeErrors.change_too_large({ details: { topic: large.topic.slice(0, TOPIC_BYTES_MAX) } });
  const texts = (values: readonly string[]) => sql`${values}::text[]`;
  await sql`
    with recorded as (
      insert into changes (tenant_id, topic, id, operation)
      select ${tenantId}, topic, id, operation from unnest(${texts(changes.map(({ topic }) => topic))},
        ${texts(changes.map(({ id }) => id))}, ${texts(changes.map(({ operation }) => operation))})
        with ordinality as changed (topic, id, operation, place) order by place
      returning sequence, tenant_id, topic, id, operation, transaction)
    select pg_notify(${CHANNEL}, jsonb_build_array(sequence::text, tenant_id, topic, id, operation, transaction::text)::text)
    from recorded`.execute(tx);
}

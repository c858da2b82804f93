import { storeErrors } from '../errors.ts';
import { fixedStatement } from '../fixed-statement.ts';
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

const insertChanges = fixedStatement(`
  with recorded as (
    insert into changes (tenant_id, topic, id, operation)
    select $1, topic, id, operation from unnest($3::text[], $4::text[], $5::text[])
      with ordinality as changed (topic, id, operation, place) order by place
    returning sequence, tenant_id, topic, id, operation, transaction)
  select pg_notify($2, jsonb_build_array(sequence::text, tenant_id, topic, id, operation, transaction::text)::text)
  from recorded`);

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
  await insertChanges(tx, [
    ...[tenantId, CHANNEL],
    changes.map(({ topic }) => topic),
    changes.map(({ id }) => id),
    changes.map(({ operation }) => operation),
  ]);
}

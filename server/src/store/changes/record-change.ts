import { storeErrors } from '../errors.ts';
import { fixedStatement } from '../fixed-statement.ts';
import type { Tx } from '../scope.ts';
import { CHANNEL, type NewChange } from './change.ts';

/** With tenant and framing the notification stays far below PostgreSQL's limit of 8,000 bytes. */
const TOPIC_BYTES_MAX = 128;
const ID_BYTES_MAX = 512;

const insertChange = fixedStatement(`
  with recorded as (
    insert into changes (tenant_id, topic, id, operation) values ($1, $2, $3, $4)
    returning sequence, tenant_id, topic, id, operation, transaction)
  select pg_notify($5, jsonb_build_array(sequence::text, tenant_id, topic, id, operation, transaction::text)::text)
  from recorded`);

/**
 * Records that something changed, in the transaction that changes it, after the change itself. Other processes hear of it
 * when the transaction commits, and never when it does not. The notification carries the change: no query is needed.
 * @throws `change_too_large`.
 */
export async function recordChange(tx: Tx, { tenantId, topic, id, operation }: NewChange): Promise<void> {
  if (Buffer.byteLength(topic) > TOPIC_BYTES_MAX || Buffer.byteLength(id) > ID_BYTES_MAX)
    throw storeErrors.change_too_large({ details: { topic: topic.slice(0, TOPIC_BYTES_MAX) } });
  await insertChange(tx, [tenantId, topic, id, operation, CHANNEL]);
}

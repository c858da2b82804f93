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
  if (Buffer.byteLength(change.topic) > TOPIC_BYTES_MAX || Buffer.byteLength(change.id) > ID_BYTES_MAX) {
    throw storeErrors.change_too_large({ details: { topic: change.topic.slice(0, TOPIC_BYTES_MAX) } });
  }
  const { tenantId, topic, id, operation } = change;
  await sql`
    with recorded as (
      insert into changes (tenant_id, topic, id, operation) values (${tenantId}, ${topic}, ${id}, ${operation})
      returning sequence, tenant_id, topic, id, operation, transaction)
    select pg_notify(${CHANNEL}, jsonb_build_array(sequence::text, tenant_id, topic, id, operation, transaction::text)::text)
    from recorded`.execute(tx);
}

/** One thing that changed. `operation` is a hint: read the row again, as a later change may already stand in it. */
export interface Change {
  sequence: bigint;
  tenantId: string;
  topic: string;
  id: string;
  operation: 'put' | 'delete';
}

export type NewChange = Omit<Change, 'sequence'>;

/** A change with the transaction that made it (xid8), which tells what may still be unseen. */
export interface FeedEntry {
  change: Change;
  transaction: bigint;
}

export const CHANNEL = 'gatehouse_changes';

/** Reads a notification. Undefined when it is not one of ours: whoever may NOTIFY may send anything. */
export function readNotification(payload: string | undefined): FeedEntry | undefined {
  try {
    const fields: unknown = JSON.parse(payload ?? '');
    if (!Array.isArray(fields) || fields.length !== 6 || !fields.every((field) => typeof field === 'string')) return;
    const [sequence, tenantId, topic, id, operation, transaction] = fields as [string, ...string[]];
    return toEntry({ sequence, tenant_id: tenantId, topic, id, operation, transaction } as FeedRow);
  } catch {
    return;
  }
}

export interface FeedRow {
  sequence: string;
  tenant_id: string;
  topic: string;
  id: string;
  operation: string;
  transaction: string;
}

export function toEntry(row: FeedRow): FeedEntry {
  return {
    change: {
      sequence: BigInt(row.sequence),
      tenantId: row.tenant_id,
      topic: row.topic,
      id: row.id,
      operation: row.operation === 'delete' ? 'delete' : 'put',
    },
    transaction: BigInt(row.transaction),
  };
}

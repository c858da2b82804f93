import { sql } from 'kysely';
import type { Clock, Logger } from '#base';
import type { Keyring } from '#keyring';
import type { Store } from '#store';
import type { AuditTables } from './audit-tables.ts';
import { type Checkpoint, signCheckpoint } from './checkpoint.ts';
import type { CheckpointWitness } from './checkpoint-file.ts';

export interface CheckpointDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
  witness: CheckpointWitness;
  clock: Clock;
  log: Logger;
}

/** A chain gets a checkpoint after so many events, or when its last one is so old. */
const EVENTS_MAX = 100;
const AGE_MAX_MS = 10_000;
/** Looked for so often; what is written after the last look of a process that dies is covered by no checkpoint. */
const POLL_MS = 1_000;

/**
 * Signs the head of every chain that has grown (enough, unless `all`), and puts the checkpoint in the witness, then in
 * the database. In this order: a crash between the two leaves the witness ahead, of events that were committed already.
 */
export async function writeCheckpoints(deps: CheckpointDeps, { all = false } = {}): Promise<Checkpoint[]> {
  const { store, keyring, witness, clock, log } = deps;
  const heads = await store.transaction({ system: true }, async (tx) => {
    const { rows } = await sql<HeadRow>`
      select head.tenant_id, head.sequence, head.hash, coalesce(last.sequence, 0) as last_sequence, coalesce(last.at, 0) as last_at
      from audit_heads head left join lateral (
        select sequence, at from audit_checkpoints c where c.tenant_id = head.tenant_id order by sequence desc limit 1
      ) last on true
      where head.sequence is distinct from last.sequence`.execute(tx);
    return rows;
  });
  const due: Checkpoint[] = [];
  for (const head of heads) {
    const grown = head.sequence - head.last_sequence;
    if (grown < 0) {
      log.error({ tenantId: head.tenant_id, sequence: head.sequence }, 'an audit chain is shorter than it was');
      continue;
    }
    if (!all && grown < EVENTS_MAX && clock.now() - head.last_at < AGE_MAX_MS) continue;
    const { tenant_id: tenantId, sequence, hash } = head;
    due.push(signCheckpoint(keyring, { tenantId, sequence, hash: hash.toString('hex'), at: clock.now() }));
  }
  if (due.length === 0) return [];
  // Without the witness the database's own copy is still worth having.
  await witness.append(due).catch((error: unknown) => log.error({ err: error }, 'a checkpoint was not witnessed'));
  const rows = due.map(({ tenantId, hash, ...rest }) => ({
    ...rest,
    tenant_id: tenantId,
    hash: Buffer.from(hash, 'hex'),
  }));
  await store.transaction({ system: true }, async (tx) => {
    const insert = tx.withTables<AuditTables>().insertInto('audit_checkpoints').values(rows);
    await insert.onConflict((conflict) => conflict.doNothing()).execute();
  });
  return due;
}

interface HeadRow {
  tenant_id: string;
  sequence: number;
  hash: Buffer;
  last_sequence: number;
  last_at: number;
}

/** Writes checkpoints until closed, and a last one for every chain then. One process at a time is enough. */
export function startCheckpointer(deps: CheckpointDeps): { close(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  const pass = (options: { all: boolean }) => {
    running = running
      .then(() => writeCheckpoints(deps, options))
      .catch((error: unknown) => deps.log.error({ err: error }, 'the audit checkpoints were not written'));
    return running;
  };
  const timer = setInterval(() => void pass({ all: false }), POLL_MS);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await pass({ all: true });
    },
  };
}

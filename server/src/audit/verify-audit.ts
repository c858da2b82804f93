import type { Keyring } from '#keyring';
import type { Store, Tx } from '#store';
import type { AuditTables } from './audit-tables.ts';
import { chainHash, genesisHash } from './chain.ts';
import { type Checkpoint, isGenuine } from './checkpoint.ts';
import type { CheckpointWitness } from './checkpoint-file.ts';
import { readEventBody } from './event.ts';

export type AuditProblemKind =
  /** The event, or one of its columns, is not what was hashed. */
  | 'edited'
  /** Events are missing between others. */
  | 'removed'
  /** Two events changed places. */
  | 'reordered'
  /** The newest events are missing. */
  | 'truncated'
  /** The chain is whole but is not the one that a checkpoint saw: everything from here on may have been written anew. */
  | 'rewritten'
  /** A checkpoint's signature is wrong. */
  | 'checkpoint_forged';

export interface AuditReport {
  ok: boolean;
  tenantId: string;
  events: number;
  /** Different checkpoints that were held against the chain, in the database and outside it. */
  checkpoints: number;
  witnessed: number;
  problem?: { kind: AuditProblemKind; sequence: number; message: string };
}

export interface VerifyAuditDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
  witness: CheckpointWitness;
}

interface EventRow {
  sequence: number;
  hash: Buffer;
  body: string;
  id: string;
  at: number;
  type: string;
  actor_id: string;
  target_type: string;
  target_id: string;
  organization_id: string | null;
}

type Problem = NonNullable<AuditReport['problem']>;

const PAGE_SIZE = 500;

/**
 * Walks a tenant's chain from its first event to its last and holds it against the head and every checkpoint, inside the
 * database and outside. Reports the first event at which something is wrong. Memory is bounded by the checkpoints.
 */
export async function verifyAudit(deps: VerifyAuditDeps, { tenantId }: { tenantId: string }): Promise<AuditReport> {
  // Read before the database: what the file gains meanwhile would look like events that the snapshot has lost.
  const witnessed = await readWitness(deps.witness, tenantId);
  const verify = (tx: Tx) => verifySnapshot(tx, deps.keyring, tenantId, witnessed);
  return deps.store.transaction({ tenantId }, verify, { isolation: 'repeatable read', readOnly: true });
}

async function verifySnapshot(
  tx: Tx,
  keyring: Pick<Keyring, 'mac'>,
  tenantId: string,
  witnessed: readonly Checkpoint[],
): Promise<AuditReport> {
  const db = tx.withTables<AuditTables>();
  const stored = await db.selectFrom('audit_checkpoints').selectAll().where('tenant_id', '=', tenantId).execute();
  const known: Checkpoint[] = [
    ...witnessed,
    ...stored.map((row) => ({ ...row, tenantId: row.tenant_id, hash: row.hash.toString('hex') })),
  ];
  const forged = known.find((checkpoint) => !isGenuine(keyring, checkpoint));
  const genuine = forged === undefined ? known : known.filter((checkpoint) => isGenuine(keyring, checkpoint));
  const bySequence = Map.groupBy(genuine, ({ sequence }) => sequence);

  let hash = genesisHash(tenantId);
  let sequence = 0;
  let trusted = 0;
  const report = (problem?: Problem): AuditReport => ({
    ok: problem === undefined,
    tenantId,
    events: sequence,
    checkpoints: bySequence.size,
    witnessed: witnessed.length,
    ...(problem === undefined ? {} : { problem }),
  });

  for (let page = await readPage(tx, tenantId, 0); page.length > 0; page = await readPage(tx, tenantId, sequence)) {
    for (const [index, row] of page.entries()) {
      const expected = sequence + 1;
      const computed = chainHash(hash, expected, row.body);
      const problem = rowProblem(row, expected, computed) ?? columnProblem(row);
      if (problem !== undefined) {
        const swapped = page.slice(index + 1).some((later) => chainHash(hash, expected, later.body).equals(later.hash));
        return report(swapped && problem.kind === 'edited' ? reordered(expected) : problem);
      }
      for (const checkpoint of bySequence.get(expected) ?? []) {
        if (checkpoint.hash !== computed.toString('hex')) return report(rewritten(trusted + 1, expected));
        trusted = expected;
      }
      hash = computed;
      sequence = expected;
    }
  }

  const head = await db.selectFrom('audit_heads').selectAll().where('tenant_id', '=', tenantId).executeTakeFirst();
  // Not `Math.max(...)`: a year has more checkpoints than a call may have arguments.
  const seen = bySequence.keys().reduce((latest, at) => Math.max(latest, at), head?.sequence ?? 0);
  if (seen > sequence) return report(truncated(sequence + 1, seen));
  if (sequence > 0 && (head === undefined || head.sequence !== sequence || !head.hash.equals(hash))) {
    return report({ kind: 'edited', sequence, message: 'The head of the chain does not name its last event.' });
  }
  if (forged !== undefined) {
    const message = `The checkpoint at ${forged.sequence} has no valid signature.`;
    return report({ kind: 'checkpoint_forged', sequence: forged.sequence, message });
  }
  return report();
}

function rowProblem(row: EventRow, expected: number, computed: Buffer): Problem | undefined {
  if (row.sequence !== expected) {
    const message = `Events ${expected} to ${row.sequence - 1} are missing.`;
    return { kind: 'removed', sequence: expected, message };
  }
  if (!computed.equals(row.hash)) {
    return { kind: 'edited', sequence: expected, message: `Event ${expected} is not what was written.` };
  }
  return undefined;
}

/** The columns that are searched by are copies: a wrong one would hide an event from whoever looks for it. */
function columnProblem(row: EventRow): Problem | undefined {
  if (agrees(row)) return undefined;
  const message = `The columns of event ${row.sequence} differ from what was written.`;
  return { kind: 'edited', sequence: row.sequence, message };
}

function agrees(row: EventRow): boolean {
  try {
    const { id, at, type, actor, target, organizationId = null } = readEventBody(row.body);
    return (
      id === row.id &&
      at === row.at &&
      type === row.type &&
      actor.id === row.actor_id &&
      target.type === row.target_type &&
      target.id === row.target_id &&
      organizationId === row.organization_id
    );
  } catch {
    // Not an event at all, hashed as if it were one: someone wrote a chain of his own.
    return false;
  }
}

function reordered(sequence: number): Problem {
  return { kind: 'reordered', sequence, message: `From event ${sequence} on, events stand in another order.` };
}

function rewritten(from: number, to: number): Problem {
  const message = `Events ${from} to ${to} are not the ones that the checkpoint at ${to} saw.`;
  return { kind: 'rewritten', sequence: from, message };
}

function truncated(from: number, to: number): Problem {
  return { kind: 'truncated', sequence: from, message: `The newest events, ${from} to ${to} at least, are missing.` };
}

async function readWitness(witness: CheckpointWitness, tenantId: string): Promise<Checkpoint[]> {
  const checkpoints: Checkpoint[] = [];
  for await (const checkpoint of witness.read()) if (checkpoint.tenantId === tenantId) checkpoints.push(checkpoint);
  return checkpoints;
}

function readPage(tx: Tx, tenantId: string, after: number): Promise<EventRow[]> {
  const db = tx.withTables<AuditTables>();
  const select = db.selectFrom('audit_events').selectAll().where('tenant_id', '=', tenantId);
  return select.where('sequence', '>', after).orderBy('sequence').limit(PAGE_SIZE).execute();
}

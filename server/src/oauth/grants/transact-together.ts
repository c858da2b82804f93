import { type NewAuditEvent, recordEvents } from '#audit';
import { type IdSource, inBatches } from '#base';
import type { Store, Tx } from '#store';

/** Events of a shared transaction: sealed at its end, together, so that the chain's head is held for as short as can be. */
export interface EventsTogether {
  add(event: Omit<NewAuditEvent, 'tenantId' | 'organizationId'>): void;
  /** Writes what was added so far, for who records something himself that must stand behind it. */
  seal(): Promise<void>;
}

/**
 * Runs pieces of work of one tenant that come at the same time in one transaction, one after the other: they share its
 * commit, and what each finds is what it would have found after the one before. One that throws undoes them all, and
 * then each is run by itself. So it may do nothing outside the transaction.
 */
export type TransactTogether = <T>(
  tenantId: string,
  work: (tx: Tx, events: EventsTogether) => Promise<T>,
) => Promise<T>;

/** Each is some statements long, and the first waits for the last. */
const BATCH_SIZE_MAX = 32;

type Work = (tx: Tx, events: EventsTogether) => Promise<unknown>;

export function transactTogether(deps: IdSource & { store: Pick<Store, 'transaction'> }): TransactTogether {
  const run = inBatches<Work, unknown>(
    (tenantId, works) => deps.store.transaction({ tenantId }, (tx) => runAll(tx, deps, tenantId, works)),
    BATCH_SIZE_MAX,
  );
  return <T>(tenantId: string, work: (tx: Tx, events: EventsTogether) => Promise<T>) =>
    run(tenantId, work) as Promise<T>;
}

async function runAll(tx: Tx, ids: IdSource, tenantId: string, works: readonly Work[]): Promise<unknown[]> {
  let added: Parameters<EventsTogether['add']>[0][] = [];
  const events: EventsTogether = {
    add: (event) => void added.push(event),
    async seal() {
      const due = added;
      added = [];
      await recordEvents(tx, ids, { tenantId, events: due });
    },
  };
  const results: unknown[] = [];
  for (const work of works) results.push(await work(tx, events));
  await events.seal();
  return results;
}

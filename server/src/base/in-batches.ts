import { GatehouseError } from './errors.ts';

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Makes what many ask for at once one piece of work: `work` is given everything of one key that came in while it was at
 * the piece before, `sizeMax` of it at most, and answers in the same order. What comes alone waits for no more than the
 * end of this pass of the event loop.
 *
 * A failure is its own item's trouble: the others are then done again, each alone. So `work` must undo what it did when
 * it fails. Only when it failed for want of something that all need (`unavailable`) do all hear of it.
 */
export function inBatches<Item, Result>(
  work: (key: string, items: readonly Item[]) => Promise<readonly Result[]>,
  sizeMax: number,
): (key: string, item: Item) => Promise<Result> {
  const queues = new Map<string, Waiting<Item, Result>[]>();

  async function run(key: string, queue: Waiting<Item, Result>[]): Promise<void> {
    while (queue.length > 0) await settle(key, queue.splice(0, sizeMax));
    queues.delete(key);
  }

  async function settle(key: string, batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await work(
        key,
        batch.map(({ item }) => item),
      );
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (error) {
      if (batch.length > 1 && !(error instanceof GatehouseError && error.category === 'unavailable')) {
        for (const one of batch) await settle(key, [one]);
      } else for (const { reject } of batch) reject(error);
    }
  }

  return (key, item) =>
    new Promise((resolve, reject) => {
      const queue = queues.get(key);
      if (queue !== undefined) {
        queue.push({ item, resolve, reject });
        return;
      }
      const begun = [{ item, resolve, reject }];
      queues.set(key, begun);
      setImmediate(() => void run(key, begun));
    });
}

import { readPageToken, writePageToken } from '../storage/page-token.ts';
import type { Collected } from './collect.ts';

export interface Page<T> extends Collected<T> {
  /** Where the next page begins; empty after the last. */
  continuationToken: string;
}

/**
 * One page of a list that comes in no order: the items that follow the last of the page before, by their names. Each page
 * goes through the whole list and holds no more than twice its own size, so a list of any length can be read to its end.
 * What is written between two pages is seen from then on; nothing that stays is left out, and nothing comes twice.
 * @throws what the list throws, also when going through it takes too long: what was found by then need not be the next.
 */
export function collectPage<T>(
  list: Iterable<T>,
  nameOf: (item: T) => string,
  { continuationToken, pageSize }: { continuationToken: string | undefined; pageSize: number },
): Page<T> {
  const after = continuationToken === undefined ? '' : String(readPageToken(continuationToken, ['string'])[0]);
  let found: [name: string, item: T][] = [];
  const keepFirst = () => {
    found.sort(([left], [right]) => (left < right ? -1 : 1));
    found = found.slice(0, pageSize + 1);
  };
  for (const item of list) {
    const name = nameOf(item);
    if (name <= after) continue;
    found.push([name, item]);
    if (found.length > 2 * pageSize + 2) keepFirst();
  }
  keepFirst();
  const page = found.slice(0, pageSize);
  const last = found.length > pageSize ? page.at(-1) : undefined;
  return {
    items: page.map(([, item]) => item),
    complete: last === undefined,
    continuationToken: last === undefined ? '' : writePageToken([last[0]]),
  };
}

import type { Filters } from '../parts/use-filters.ts';
import type { Column } from './column.ts';

export interface Sorting {
  name: string;
  down: boolean;
}

/** As the person's language orders words; what is not known comes last either way. */
export function sorted<Item>(
  items: readonly Item[],
  columns: readonly Column<Item>[],
  sorting?: Sorting,
): readonly Item[] {
  const value = columns.find(({ name }) => name === sorting?.name)?.value;
  if (sorting === undefined || value === undefined) return items;
  const direction = sorting.down ? -1 : 1;
  const words = new Intl.Collator(undefined, { numeric: true });
  return items.toSorted((one, other) => {
    const [left, right] = [value(one), value(other)];
    if (left == null || right == null) return Number(left == null) - Number(right == null);
    const order =
      typeof left === 'number' && typeof right === 'number' ? left - right : words.compare(String(left), String(right));
    return order * direction;
  });
}

/** As the address has it, where the server sorts. */
export function sortingOf(filters: Filters): Sorting | undefined {
  const name = filters.get('sort');
  return name === '' ? undefined : { name, down: filters.get('order') === 'desc' };
}

export const searchOf = (sorting: Sorting | undefined) => ({
  sort: sorting?.name,
  order: sorting?.down === true ? 'desc' : undefined,
});

import type { AnswerOf, ItemOf, ListPath, PathWith } from '@gatehouse/sdk/admin';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, type Query } from './admin.ts';

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export interface ListInput {
  params?: Readonly<Record<string, string>>;
  filters?: Query;
  enabled?: boolean;
  /** Milliseconds between two looks, where it is to be live. */
  refetchInterval?: number;
  /** Milliseconds for which it need not be read again. */
  staleTime?: number;
  /** Whether to try again what failed. */
  retry?: (failures: number, error: Error) => boolean;
}

const PAGE_SIZE = 100;
const EXPORT_PAGE_SIZE = 500;

/** A list that is read page by page as it is scrolled. Parameters and filters are part of what it is remembered by. */
export function useList<Path extends ListPath>(path: Path, { params = {}, filters = {}, ...options }: ListInput = {}) {
  return useInfiniteQuery({
    queryKey: [path, params, filters],
    queryFn: ({ pageParam, signal }) =>
      readPage<ItemOf<Path>>(path, params, { limit: PAGE_SIZE, ...filters, cursor: pageParam || undefined }, signal),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    ...options,
  });
}

export type List<Item> = ReturnType<typeof useList<ListPath>> & { data?: { pages: Page<Item>[] } | undefined };

interface ReadInput extends ListInput {
  query?: Query;
}

/** One thing. */
export function useRead<Path extends PathWith<'get'>>(
  path: Path,
  { params = {}, query = {}, ...options }: Omit<ReadInput, 'filters'> = {},
) {
  return useQuery({
    queryKey: [path, params, query],
    queryFn: async ({ signal }) => {
      const response = await api.raw('get', path, { params, query: given(query), signal });
      return (await response.json()) as AnswerOf<'get', Path>;
    },
    ...options,
  });
}

/** Everything there is, up to so many items, for exports; `progress` hears how many there are so far. */
export async function readAllPages<Item>(
  path: ListPath,
  { params = {}, filters = {} }: ListInput,
  { itemsMax, signal, progress }: { itemsMax: number; signal: AbortSignal; progress: (count: number) => void },
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const query: Query = { limit: EXPORT_PAGE_SIZE, ...filters, cursor: cursor ?? undefined };
    const page: Page<Item> = await readPage<Item>(path, params, query, signal);
    items.push(...page.items);
    cursor = page.nextCursor;
    progress(items.length);
  } while (cursor !== null && items.length < itemsMax);
  return items;
}

async function readPage<Item>(
  path: ListPath,
  params: Readonly<Record<string, string>>,
  query: Query,
  signal: AbortSignal,
): Promise<Page<Item>> {
  const response = await api.raw('get', path, { params, query: given(query), signal });
  return (await response.json()) as Page<Item>;
}

/** An empty filter is none. */
function given(query: Query): Query {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== ''));
}

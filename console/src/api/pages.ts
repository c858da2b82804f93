import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { admin, type Query } from './admin.ts';

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

const PAGE_SIZE = 100;

/** A list that is read page by page as it is scrolled. The filters are part of what it is remembered by. */
export function useList<Item>(path: string, filters: Query = {}, options: { enabled?: boolean } = {}) {
  return useInfiniteQuery({
    queryKey: [path, filters],
    queryFn: ({ pageParam, signal }) =>
      admin<Page<Item>>('GET', path, {
        query: { limit: PAGE_SIZE, ...filters, ...(pageParam === '' ? {} : { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    ...options,
  });
}

/** One thing. */
export function useRead<Answer>(
  path: string,
  query: Query = {},
  options: { enabled?: boolean; refetchInterval?: number } = {},
) {
  return useQuery({
    queryKey: [path, query],
    queryFn: ({ signal }) => admin<Answer>('GET', path, { query, signal }),
    ...options,
  });
}

/** Every page there is, up to so many items, for exports; `progress` hears how many there are so far. */
export async function readAllPages<Item>(
  path: string,
  filters: Query,
  { itemsMax, signal, progress }: { itemsMax: number; signal: AbortSignal; progress: (count: number) => void },
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await admin<Page<Item>>('GET', path, { query: { limit: 500, ...filters, cursor }, signal });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
    progress(items.length);
  } while (cursor !== undefined && items.length < itemsMax);
  return items;
}

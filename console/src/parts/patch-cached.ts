import type { QueryClient } from '@tanstack/react-query';

/**
 * Changes one thing wherever it is shown, in lists and by itself, before the server has answered. Gives what puts
 * everything back.
 */
export function patchCached(queries: QueryClient, pathPrefix: string, id: string, changes: object): () => void {
  const predicate = ({ queryKey }: { queryKey: readonly unknown[] }) => String(queryKey[0]).startsWith(pathPrefix);
  const before = queries.getQueriesData({ predicate });
  queries.setQueriesData({ predicate }, (data: unknown) => patched(data, id, changes));
  return () => {
    for (const [key, data] of before) queries.setQueryData(key, data);
  };
}

/** Pages of a list, a list, or the thing itself: whatever has this id gets the changes. */
function patched(data: unknown, id: string, changes: object): unknown {
  if (Array.isArray(data)) return data.map((each) => patched(each, id, changes));
  if (typeof data !== 'object' || data === null) return data;
  if ('id' in data && data.id === id) return { ...data, ...changes };
  if ('pages' in data) return { ...data, pages: patched(data.pages, id, changes) };
  if ('items' in data) return { ...data, items: patched(data.items, id, changes) };
  return data;
}

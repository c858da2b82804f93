import { useInterval } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { api, type Query } from '../../api/admin.ts';
import { useList } from '../../api/pages.ts';
import type { AccessRecord } from '../../decisions/answers.ts';

const LOOK_EVERY_MILLISECONDS = 2000;
/** Records are written in batches, twice a second, by every gateway: a younger one may be seen before an older one. */
const OVERLAP_MILLISECONDS = 5000;
const LOOK_ROWS_MAX = 200;
/** What came since the page was opened and is held at hand; older ones are read again from the list. */
const FRESH_MAX = 2000;

/** The list as it was when the page was opened, and before it what has come since. `paused`: what comes waits. */
export function useTail(filters: Query, paused: boolean) {
  const list = useList('/api/v1/access-records', { filters, staleTime: Number.POSITIVE_INFINITY });
  const [fresh, setFresh] = useState<readonly AccessRecord[]>([]);
  const key = JSON.stringify(filters);
  const shown = useRef({ key, since: Date.now() });
  // Another filter is another list.
  useEffect(() => {
    setFresh([]);
    shown.current = { key, since: Date.now() };
  }, [key]);
  const read = list.data?.pages[0]?.items;
  const newest = fresh[0]?.at ?? read?.[0]?.at ?? shown.current.since;

  const look = async () => {
    if (document.hidden || read === undefined) return;
    const from = Math.max(Number(filters.from ?? 0), newest - OVERLAP_MILLISECONDS);
    const query = { ...filters, from, limit: LOOK_ROWS_MAX };
    const found = await api.get('/api/v1/access-records', { query: query as never }).catch(() => undefined);
    // The filters may have changed while it was under way; a look that failed is made up for by the next.
    if (found === undefined || shown.current.key !== key) return;
    setFresh((before) => {
      const known = new Set([...before, ...read].map(({ decisionId }) => decisionId));
      const more = found.data.items.filter(({ decisionId }) => !known.has(decisionId));
      if (more.length === 0) return before;
      return [...more, ...before].sort((one, other) => other.at - one.at).slice(0, FRESH_MAX);
    });
  };
  useInterval(() => void look(), LOOK_EVERY_MILLISECONDS, { autoInvoke: true });

  // What stands there while it is paused stays as it is.
  const held = useRef(fresh);
  if (!paused) held.current = fresh;
  const first = { items: [...held.current], nextCursor: null };
  const data = list.data === undefined ? undefined : { pages: [first, ...list.data.pages] };
  return { list: { ...list, data }, waiting: fresh.length - held.current.length };
}

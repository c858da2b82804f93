import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export interface Filters {
  /** Empty when it is not set. */
  get(name: string): string;
  set(changes: Readonly<Record<string, string | undefined>>): void;
  clear(): void;
  isEmpty: boolean;
}

/** What a screen shows of what there is: kept in the address, so that it can be sent to somebody else. */
export function useFilters(): Filters {
  const search = useSearch({ strict: false }) as Readonly<Record<string, string | undefined>>;
  const navigate = useNavigate();
  const go = useCallback(
    (next: Readonly<Record<string, string | undefined>>) => {
      const given = Object.entries(next).filter(([, value]) => value !== undefined && value !== '');
      void navigate({ to: '.', search: Object.fromEntries(given) as never, replace: true, resetScroll: false });
    },
    [navigate],
  );
  return {
    get: (name) => search[name] ?? '',
    set: (changes) => go({ ...search, ...changes }),
    clear: () => go({}),
    isEmpty: Object.keys(search).length === 0,
  };
}

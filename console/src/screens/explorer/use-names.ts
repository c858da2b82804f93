import { useQueries } from '@tanstack/react-query';
import { api } from '../../api/admin.ts';
import { useMe } from '../../api/whoami.ts';

const NAMES_MAX = 50;

/** What people are called, by id; those that can't be read stay ids. */
export function useNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const me = useMe();
  const wanted = me.may('users:read') ? ids.filter((id) => id.startsWith('usr_')).slice(0, NAMES_MAX) : [];
  return useQueries({
    queries: wanted.map((id) => ({
      queryKey: ['name', id],
      queryFn: async () => (await api.get('/api/v1/users/{id}', { params: { id } })).data.name,
      staleTime: 300_000,
      retry: false,
    })),
    combine: (answers) =>
      new Map(answers.flatMap(({ data }, index) => (data === undefined ? [] : [[wanted[index] ?? '', data] as const]))),
  });
}

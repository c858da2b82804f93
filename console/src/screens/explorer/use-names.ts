import { useQueries } from '@tanstack/react-query';
import { namedOf, nameQuery } from '../../api/names.ts';
import { useMe } from '../../api/whoami.ts';

const NAMES_MAX = 50;

/** What those who act are called, by id; those that can't be read stay ids. */
export function useNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const me = useMe();
  const wanted = ids.filter((id) => namedOf(id, me) !== undefined).slice(0, NAMES_MAX);
  return useQueries({
    queries: wanted.map((id) => nameQuery(id, namedOf(id, me))),
    combine: (answers) =>
      new Map(answers.flatMap(({ data }, index) => (data == null ? [] : [[wanted[index] ?? '', data] as const]))),
  });
}

import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import type { Change } from '../../decisions/answers.ts';
import type { Fix } from '../../decisions/suggestions.tsx';

/** Where a suggested change can be made, for those that have one place: a tuple in its store, a role at its person. */
export function useFixes(
  principal: { type?: string; id?: string } | undefined,
): (changes: readonly Change[]) => Fix | undefined {
  const me = useMe();
  const sources = useList('/api/v1/fact_sources', {
    enabled: me.mayInTenant('fact_sources:read') && me.mayInTenant('relations:write'),
    staleTime: 60_000,
  });
  const found = sources.data?.pages.flatMap(({ items }) => items) ?? [];
  return (changes) => {
    const [change, ...more] = changes;
    if (change === undefined || more.length > 0) return undefined;
    if (change.kind === 'relationship') {
      const { user, relation, object } = change.tuple;
      const type = object.split(':', 1)[0] ?? '';
      const source = found.find(({ spec }) => Object.values(spec.types).includes(type));
      if (source === undefined) return undefined;
      const search = { tab: 'tuples', write: `${user} ${relation} ${object}` };
      return { to: `/relationships/${source.spec.store}`, search };
    }
    const isOfPerson = change.kind === 'role' && principal?.type === 'user';
    return isOfPerson && me.may('users:write') ? { to: `/users/${principal.id}`, search: {} } : undefined;
  };
}

import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';

/** What this person may have sent somewhere: single events, and all about a thing; and what its webhooks' names begin with. */
export function useEvents(): { offered: string[]; organization: string | undefined } {
  const me = useMe();
  const { data } = useRead('/api/v1/webhook-events', { staleTime: 300_000 });
  const types = (data?.items ?? []).filter(({ permission }) => me.may(permission)).map(({ type }) => type);
  const things = [...new Set(types.map((type) => `${type.split('.', 1)[0]}.*`))];
  const all = me.may('audit:read') ? ['*'] : [];
  return { offered: [...all, ...things, ...types], organization: data?.organization ?? undefined };
}

import { useDebouncedValue } from '@mantine/hooks';
import { type Icon, IconApps, IconKey, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/admin.ts';
import type { Me } from '../api/whoami.ts';
import { withShownKeys } from '../parts/shown-key.ts';

export interface Found {
  to: string;
  label: string;
  description: string;
  icon: Icon;
}

const QUERY_LENGTH_MIN = 2;
const FOUND_MAX = 6;

/** People and keys on the server; clients among the first few hundred. */
export function useFound(query: string, me: Me): readonly Found[] {
  const [wanted] = useDebouncedValue(withShownKeys(query.trim()).toLowerCase(), 180);
  const { data = [] } = useQuery({
    queryKey: ['palette', wanted],
    enabled: wanted.length >= QUERY_LENGTH_MIN,
    queryFn: async ({ signal }) => {
      const searches = SEARCHES.filter(({ permission, inTenant }) => (inTenant ? me.mayInTenant : me.may)(permission));
      const found = await Promise.all(searches.map(({ find }) => find(wanted, signal).catch(() => [])));
      return found.flat();
    },
  });
  return data;
}

const SEARCHES: readonly {
  permission: string;
  inTenant: boolean;
  find: (wanted: string, signal: AbortSignal) => Promise<Found[]>;
}[] = [
  {
    permission: 'users:read',
    inTenant: false,
    async find(search, signal) {
      const { data } = await api.get('/api/v1/users', { query: { search, limit: FOUND_MAX }, signal });
      return data.items.map(({ id, name, email }) => ({
        to: `/users/${id}`,
        label: name,
        description: email,
        icon: IconUser,
      }));
    },
  },
  {
    permission: 'keys:read',
    inTenant: false,
    async find(search, signal) {
      const { data } = await api.get('/api/v1/keys', { query: { search, limit: FOUND_MAX }, signal });
      return data.items.map(({ id, name, display }) => ({
        to: `/keys/${id}`,
        label: name,
        description: display,
        icon: IconKey,
      }));
    },
  },
  {
    permission: 'clients:read',
    inTenant: true,
    async find(wanted, signal) {
      const { data } = await api.get('/api/v1/clients', { query: { limit: 500 }, signal });
      return data.items
        .filter(({ name, spec }) => `${name} ${spec.displayName ?? ''}`.toLowerCase().includes(wanted))
        .slice(0, FOUND_MAX)
        .map(({ name, spec }) => ({
          to: `/clients/${name}`,
          label: spec.displayName ?? name,
          description: name,
          icon: IconApps,
        }));
    },
  },
];

import { useDebouncedValue } from '@mantine/hooks';
import {
  type Icon,
  IconApi,
  IconApps,
  IconGavel,
  IconKey,
  IconRoute,
  IconServer2,
  IconUser,
} from '@tabler/icons-react';
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

/** People, keys and what is configured, as the server finds them. */
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

interface Search {
  permission: string;
  inTenant: boolean;
  find: (wanted: string, signal: AbortSignal) => Promise<Found[]>;
}

type ConfiguredPath = '/api/v1/routes' | '/api/v1/apis' | '/api/v1/upstreams' | '/api/v1/policies';

/** By its name, or by what stands in it: the path of a route, the address of a service. */
function configured(path: ConfiguredPath, kind: { permission: string; to: string; icon: Icon }): Search {
  const { permission, to, icon } = kind;
  return {
    permission,
    inTenant: true,
    async find(search, signal) {
      const { data } = await api.get(path, { query: { search, limit: FOUND_MAX }, signal });
      return data.items.map(({ name, spec }) => ({
        to: `${to}/${name}`,
        label: name,
        description: 'match' in spec ? spec.match.path : (spec.description ?? ''),
        icon,
      }));
    },
  };
}

const SEARCHES: readonly Search[] = [
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
    async find(search, signal) {
      const { data } = await api.get('/api/v1/clients', { query: { search, limit: FOUND_MAX }, signal });
      return data.items.map(({ name, spec }) => ({
        to: `/clients/${name}`,
        label: spec.displayName ?? name,
        description: name,
        icon: IconApps,
      }));
    },
  },
  configured('/api/v1/routes', { permission: 'routes:read', to: '/routes', icon: IconRoute }),
  configured('/api/v1/apis', { permission: 'apis:read', to: '/apis', icon: IconApi }),
  configured('/api/v1/upstreams', { permission: 'upstreams:read', to: '/upstreams', icon: IconServer2 }),
  configured('/api/v1/policies', { permission: 'policies:read', to: '/policies', icon: IconGavel }),
];

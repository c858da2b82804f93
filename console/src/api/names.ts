import { queryOptions } from '@tanstack/react-query';
import { api } from './admin.ts';
import type { Me } from './whoami.ts';

interface Named {
  prefix: string;
  permission: string;
  /** Its page: where it is looked at. */
  page: string;
  read: (id: string) => Promise<{ data: { name: string } }>;
}

/** Who acts has an identifier that says nothing to people; these have a name, too. */
const NAMED: readonly Named[] = [
  {
    prefix: 'usr_',
    permission: 'users:read',
    page: '/users',
    read: (id) => api.get('/api/v1/users/{id}', { params: { id } }),
  },
  {
    prefix: 'svc_',
    permission: 'service_accounts:read',
    page: '/service-accounts',
    read: (id) => api.get('/api/v1/service-accounts/{id}', { params: { id } }),
  },
  {
    prefix: 'key_',
    permission: 'keys:read',
    page: '/keys',
    read: (id) => api.get('/api/v1/keys/{id}', { params: { id } }),
  },
];

const NAME_FRESH_MILLISECONDS = 300_000;

/** What this one is, if it has a name that may be read. */
export function namedOf(id: string, { may }: Pick<Me, 'may'>): Named | undefined {
  const named = NAMED.find(({ prefix }) => id.startsWith(prefix));
  return named !== undefined && may(named.permission) ? named : undefined;
}

/** Each is asked for once and remembered; one that is gone stays without a name. */
export const nameQuery = (id: string, named: Named | undefined) =>
  queryOptions({
    queryKey: ['name', id],
    enabled: named !== undefined,
    queryFn: async () => (await named?.read(id))?.data.name ?? null,
    staleTime: NAME_FRESH_MILLISECONDS,
    retry: false,
  });

import type { AnswerOf } from '@gatehouse/sdk/admin';
import { useQuery } from '@tanstack/react-query';
import { api } from './admin.ts';

type Whoami = AnswerOf<'get', '/api/v1/whoami'>;

export const whoamiQuery = {
  queryKey: ['/api/v1/whoami'],
  queryFn: async () => (await api.get('/api/v1/whoami')).data,
  staleTime: 60_000,
};

export interface Me {
  id: string;
  roles: readonly string[];
  organizationId: string | undefined;
  /** Who acts in this person's place. */
  actorId: string | undefined;
  /** As the server will decide, so that nothing is offered that would be refused. */
  may(permission: string): boolean;
  /** In the whole tenant, too: what only those may who belong to no organization. */
  mayInTenant(permission: string): boolean;
}

export function useMe(): Me {
  const { data } = useQuery(whoamiQuery);
  return meOf(data);
}

export function meOf(data: Whoami | undefined): Me {
  const patterns = data?.permissions ?? [];
  const organizationId = data?.principal.organizationId;
  const may = (permission: string) => patterns.some((pattern) => covers(pattern, permission));
  return {
    id: data?.principal.id ?? '',
    roles: data?.principal.roles ?? [],
    organizationId,
    actorId: data?.principal.act?.sub,
    may,
    mayInTenant: (permission) => organizationId === undefined && may(permission),
  };
}

/** As the server decides it (server/src/directory/permissions.ts): `*`, `keys:*`, `*:read`, `keys:read`. */
export function covers(pattern: string, permission: string): boolean {
  if (pattern === '*') return true;
  const held = pattern.split(':');
  const wanted = permission.split(':');
  return held.length === wanted.length && held.every((part, index) => part === '*' || part === wanted[index]);
}

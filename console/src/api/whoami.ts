import { useQuery } from '@tanstack/react-query';
import { admin } from './admin.ts';

export interface Whoami {
  principal: { type: string; id: string; tenantId: string; organizationId?: string; roles: string[]; scopes: string[] };
  permissions: string[];
}

export const whoamiQuery = { queryKey: ['/whoami'], queryFn: () => admin<Whoami>('GET', '/whoami'), staleTime: 60_000 };

export interface Me {
  id: string;
  roles: readonly string[];
  organizationId: string | undefined;
  /** As the server will decide, so that nothing is offered that would be refused. */
  may(permission: string): boolean;
}

export function useMe(): Me {
  const { data } = useQuery(whoamiQuery);
  return meOf(data);
}

export function meOf(data: Whoami | undefined): Me {
  const patterns = data?.permissions ?? [];
  return {
    id: data?.principal.id ?? '',
    roles: data?.principal.roles ?? [],
    organizationId: data?.principal.organizationId,
    may: (permission) => patterns.some((pattern) => covers(pattern, permission)),
  };
}

/** As the server decides it (server/src/directory/permissions.ts): `*`, `keys:*`, `*:read`, `keys:read`. */
export function covers(pattern: string, permission: string): boolean {
  if (pattern === '*') return true;
  const held = pattern.split(':');
  const wanted = permission.split(':');
  return held.length === wanted.length && held.every((part, index) => part === '*' || part === wanted[index]);
}

import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';

/** Roles to choose from; those the person holds where the others may not be seen. */
export function useRoleNames(): string[] {
  const me = useMe();
  const { data } = useList('/api/v1/roles', { enabled: me.mayInTenant('roles:read') });
  return data?.pages.flatMap(({ items }) => items.map(({ name }) => name)) ?? [...me.roles];
}

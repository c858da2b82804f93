import { useRead } from '../../api/pages.ts';

/** Permissions of the Admin API itself: no scope of an API that a key could carry. */
const ADMINISTERS =
  /^(keys|key_.*|users|memberships|groups|invitations|service_accounts|sessions|audit|access_records|decisions|organizations|relations|policies|policy_.*|roles|resources|routes|apis|clients|plans|\*)(:|$)/;

/** What this person may pass on to an app: the scopes among their own permissions. */
export function useGrantable(): { scopes: string[] } {
  const { data } = useRead('/api/v1/whoami', { staleTime: 60_000 });
  return { scopes: (data?.permissions ?? []).filter((name) => !ADMINISTERS.test(name) && !name.includes('*')) };
}

import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';

const ORGANIZATIONS_MAX = 500;

/** By name where it may be known; its identifier says nothing to people. */
export function OrganizationName({ id }: { id: string }) {
  const { mayInTenant } = useMe();
  const { data } = useRead('/api/v1/organizations', {
    query: { limit: ORGANIZATIONS_MAX },
    enabled: mayInTenant('organizations:read'),
    staleTime: 60_000,
  });
  const found = data?.items.find((organization) => organization.id === id);
  if (found === undefined) return <code>{id}</code>;
  return (
    <Anchor component={Link} to={`/organizations/${found.name}`} size="sm" underline="always">
      {found.spec.displayName}
    </Anchor>
  );
}

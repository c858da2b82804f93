import type { User } from '@gatehouse/sdk/admin';
import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';

/** Who it is, where that may be known; each is asked for once and remembered. */
export function usePersonOf(id: string): User | undefined {
  const { may } = useMe();
  const enabled = may('users:read') && id.startsWith('usr_');
  return useRead('/api/v1/users/{id}', { params: { id }, enabled }).data;
}

/** By name where it may be known. */
export function PersonName({ id }: { id: string }) {
  const { may } = useMe();
  const person = usePersonOf(id);
  return (
    <Text span size="sm" fw={550} mr={6}>
      {id.startsWith('usr_') && may('users:read') ? <Link to={`/users/${id}`}>{person?.name ?? id}</Link> : id}
    </Text>
  );
}

import { useMe } from '../../api/whoami.ts';
import { Members } from '../people/members.tsx';
import type { AnyResource } from './resource-kind.ts';

/** Above the settings of an organization: its people. */
export function OrganizationMembers({ resource: { name } }: { resource: AnyResource }) {
  const { may } = useMe();
  return may('memberships:read') && <Members organization={name} />;
}

import { holdResource, type Resource } from '#resources';
import type { Tx } from '#store';
import { directoryErrors } from './errors.ts';
import { type OrganizationSpec, organizationKind } from './organization-kind.ts';

/**
 * An organization by name or id, held until the transaction ends. Inside an organization there is only that one: the
 * database shows no other.
 * @throws `organization_not_found`
 */
export async function holdOrganization(
  tx: Tx,
  { tenantId, organization }: { tenantId: string; organization: string },
): Promise<Resource<OrganizationSpec>> {
  const found = await holdResource(tx, { tenantId, kind: organizationKind, nameOrId: organization });
  if (found === undefined) throw directoryErrors.organization_not_found();
  return found;
}

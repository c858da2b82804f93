import { holdResources } from '#resources';
import type { Tx } from '#store';
import { directoryErrors } from './errors.ts';
import { roleKind } from './role-kind.ts';

/**
 * Whoever gives these roles out calls this in the transaction that does: they exist, and nobody deletes them before it
 * ends. A role that does not exist can't be given: whoever creates it later would decide what it means.
 * @throws `role_not_found`
 */
export async function holdRoles(
  tx: Tx,
  { tenantId, roles }: { tenantId: string; roles: readonly string[] },
): Promise<void> {
  const missing = await holdResources(tx, { tenantId, kind: roleKind, names: roles });
  if (missing.length > 0) throw roleNotFound(missing);
}

export function roleNotFound(names: readonly string[]) {
  return directoryErrors.role_not_found({
    message: `There is no role named ${names.map((name) => `"${name}"`).join(', ')}. Create it first, or choose another.`,
    fields: names.map((name) => ({ path: 'roles', message: `no role "${name}"` })),
  });
}

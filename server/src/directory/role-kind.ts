import { z } from 'zod';
import { LIMITS } from '#base';
import { defineKind } from '#resources';
import { PERMISSION_LENGTH_MAX, PERMISSION_PATTERN } from './permissions.ts';
import { ADMINISTRATOR_ROLE } from './users-schema.ts';
import { usesOfRoles } from './uses.ts';

const permission = z
  .string()
  .max(PERMISSION_LENGTH_MAX)
  .regex(PERMISSION_PATTERN, 'must be like routes:read, routes:*, *:read or *');

const schema = z.strictObject({
  description: z.string().max(LIMITS.textLengthMax).optional().describe('For people: whom this role is for.'),
  permissions: z
    .array(permission)
    .max(LIMITS.listLengthMax)
    .describe('What holders may do: routes:read, routes:*, *:read, *.'),
  inOrganizations: z
    .boolean()
    .optional()
    .describe(
      'Administrators of organizations may give it to their people, as far as they hold its permissions themselves. Without it they give only roles they have.',
    ),
});

export type RoleSpec = z.output<typeof schema>;

/** May look at everything and change nothing. */
export const VIEWER_ROLE = 'viewer';

export const roleKind = defineKind({
  kind: 'role',
  plural: 'roles',
  idKind: 'role',
  description: 'A named set of permissions, given to people, API keys and clients.',
  schema,
  grants: ({ permissions }) => permissions,
  uses: usesOfRoles,
  // Part of the program, so that no change of roles can lock everyone out.
  builtIns: {
    [ADMINISTRATOR_ROLE]: { description: 'May do everything.', permissions: ['*'] },
    [VIEWER_ROLE]: { description: 'May look at everything and change nothing.', permissions: ['*:read'] },
  },
});

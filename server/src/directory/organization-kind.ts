import { z } from 'zod';
import { LIMITS } from '#base';
import { defineKind } from '#resources';
import { usesOfOrganizations } from './uses.ts';

const schema = z.strictObject({
  displayName: z.string().trim().min(1).max(LIMITS.textLengthMax).describe('As people read it.'),
});

export type OrganizationSpec = z.output<typeof schema>;

export const organizationKind = defineKind({
  kind: 'organization',
  plural: 'organizations',
  idKind: 'organization',
  description: 'A customer company inside the tenant, with people of its own.',
  schema,
  uses: usesOfOrganizations,
});

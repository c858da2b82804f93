import { z } from 'zod';
import { LIMITS } from '#base';
import { type Conflict, defineKind } from '#resources';
import { usesOfOrganizations } from './uses.ts';

/** Two labels at least: nobody's own is a whole top level. No addresses, whose last label would be a number. */
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

const schema = z.strictObject({
  displayName: z.string().trim().min(1).max(LIMITS.textLengthMax).describe('As people read it.'),
  domains: z
    .array(z.string().max(253).regex(DOMAIN, 'must be a domain in lower case, such as northwind.example'))
    .max(LIMITS.listLengthMax)
    .optional()
    .describe('Its own, with all below them, as the tenant has made sure: where its clients may send people.'),
});

export type OrganizationSpec = z.output<typeof schema>;

export const organizationKind = defineKind({
  kind: 'organization',
  plural: 'organizations',
  idKind: 'organization',
  description: 'A customer company inside the tenant, with people of its own.',
  schema,
  uses: usesOfOrganizations,
  conflicts: sharedDomains,
});

/** A domain, and what is below it, belongs to one organization. */
function sharedDomains(organizations: readonly { name: string; spec: OrganizationSpec }[]): Conflict[] {
  const claimed = organizations.flatMap(({ name, spec: { domains = [] } }) =>
    domains.map((domain, index) => ({ name, domain, path: `domains.${index}` })),
  );
  return claimed.flatMap((each, index) => {
    const other = claimed
      .slice(0, index)
      .find(({ name, domain }) => name !== each.name && overlap(domain, each.domain));
    if (other === undefined) return [];
    const message = `${each.domain} belongs to the organization "${other.name}": ${other.domain} is its domain`;
    return [{ first: other.name, second: each.name, path: each.path, message }];
  });
}

const overlap = (one: string, other: string) => one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`);

import type { FieldError } from '#base';

/**
 * What may be declared of a client that an organization owns. It acts for the organization alone, or signs in people of
 * the organization alone, on domains of its own; it reads nobody else's tokens, and it is served no less strictly than the
 * tenant says. Whatever is not named here is refused, so that a new field is the tenant's until somebody thought about it.
 */
const ALLOWED: ReadonlySet<string> = new Set([
  'organization',
  'displayName',
  'type',
  'grants',
  'redirectUris',
  'scopes',
  'defaultScopes',
  'apis',
  'plan',
  'tokenEndpointAuthMethod',
  'jwks',
  'jwksUri',
  'certificate',
  'workloads',
  'senderConstraint',
]);

const GRANTS: ReadonlySet<string> = new Set(['client_credentials', 'authorization_code', 'refresh_token']);

interface OwnedClientSpec {
  organization?: string | undefined;
  grants: readonly string[];
  redirectUris: readonly string[];
}

export function checkOwnedClient(spec: OwnedClientSpec): FieldError[] {
  if (spec.organization === undefined) return [];
  const declared = Object.entries(spec).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  const problems = declared
    .filter(([name]) => !ALLOWED.has(name))
    .map(([path]) => ({ path, message: 'A client of an organization can not have this. Leave it out.' }));
  if (spec.grants.some((grant) => !GRANTS.has(grant))) {
    const message = `A client of an organization has no other grants than ${[...GRANTS].join(', ')}.`;
    problems.push({ path: 'grants', message });
  }
  for (const [index, uri] of spec.redirectUris.entries()) {
    if (uri.startsWith('https://')) continue;
    const message = 'A client of an organization sends people to an https address on a domain of the organization.';
    problems.push({ path: `redirectUris.${index}`, message });
  }
  return problems;
}

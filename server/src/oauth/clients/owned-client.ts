import type { FieldError } from '#base';

/**
 * What may be declared of a client that an organization owns. It acts for the organization alone (client credentials):
 * no person of the tenant is sent to it, it reads nobody else's tokens, and it is served no less strictly than the tenant
 * says. Whatever is not named here is refused, so that a new field is the tenant's until somebody thought about it.
 */
const ALLOWED: ReadonlySet<string> = new Set([
  'organization',
  'displayName',
  'type',
  'grants',
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

export function checkOwnedClient(spec: { organization?: string | undefined; grants: readonly string[] }): FieldError[] {
  if (spec.organization === undefined) return [];
  const declared = Object.entries(spec).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  const problems = declared
    .filter(([name]) => !ALLOWED.has(name))
    .map(([path]) => ({ path, message: 'A client of an organization can not have this. Leave it out.' }));
  if (spec.grants.some((grant) => grant !== 'client_credentials')) {
    const message = 'A client of an organization acts for itself: client_credentials is its only grant.';
    problems.push({ path: 'grants', message });
  }
  return problems;
}

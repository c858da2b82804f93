import type { Client } from '../clients/client-directory.ts';
import type { UserClaims } from '../ports.ts';
import { mappedClaims } from './mapped-claims.ts';

/** OpenID Connect Core §5.4. What is not known is left out. A map: a scope of an API may be named `constructor`. */
const CLAIMS_BY_SCOPE = new Map<string, (person: UserClaims) => Record<string, unknown>>([
  [
    'profile',
    ({ name, locale }) => ({ ...(name === undefined ? {} : { name }), ...(locale === undefined ? {} : { locale }) }),
  ],
  ['email', ({ email, emailVerified: known = false }) => (email === undefined ? {} : { email, email_verified: known })],
  ['roles', ({ roles }) => ({ roles })],
]);

/** Which scope tells a claim, for those who want it by its own name (§5.5). */
export const SCOPE_OF_CLAIM: ReadonlyMap<string, string> = new Map([
  ['name', 'profile'],
  ['locale', 'profile'],
  ['email', 'email'],
  ['email_verified', 'email'],
  ['roles', 'roles'],
]);

/** What a client may know of the person, in the id token as at userinfo: what the granted scopes stand for, and what is declared. */
export function personClaimsFor(
  client: Client,
  person: UserClaims & { id: string },
  scopes: readonly string[],
): Record<string, unknown> {
  const claims = mappedClaims(client.spec.claims, {
    client: { id: client.id, name: client.displayName },
    person,
    scopes,
  });
  for (const scope of scopes) Object.assign(claims, CLAIMS_BY_SCOPE.get(scope)?.(person));
  return claims;
}

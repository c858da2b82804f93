import type { Selectable } from 'kysely';
import type { Api, Client, ClientDirectory } from '../clients/client-directory.ts';
import { IDENTITY_SCOPES } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import type { UserClaims } from '../ports.ts';
import type { OAuthTables } from '../tables.ts';
import type { GrantedPerson } from './issue-access-token.ts';

export type GrantRow = Selectable<OAuthTables['oauth_grants']>;

/** What a grant and the directory together say about the person. Roles and organization are read anew each time: they change. */
export function grantedPerson(grant: GrantRow, user: UserClaims): GrantedPerson {
  return {
    userId: grant.user_id,
    grantId: grant.id,
    sessionId: grant.session_id ?? undefined,
    authTime: grant.auth_time,
    acr: grant.acr ?? undefined,
    amr: grant.amr === '' ? [] : grant.amr.split(' '),
    roles: user.roles,
    groups: user.groups ?? [],
    organizationId: user.organizationId,
  };
}

/** What of the granted scopes client and API still have: both may have been narrowed since (RFC 6749 §3.3). */
export function grantedScopes(client: Client, api: Api | undefined, scopes: readonly string[]): string[] {
  return scopes.filter(
    (scope) => client.scopes.has(scope) && (IDENTITY_SCOPES.has(scope) || api?.scopes.has(scope) === true),
  );
}

/** The API a grant is for. RFC 8707 §2.2: at the token endpoint `resource` may only name what was granted. */
export function grantedApi(
  clients: ClientDirectory,
  client: Client,
  grant: GrantRow,
  resources: readonly string[],
): Api | undefined {
  const named = grant.api === null ? undefined : clients.api(client.tenantId, grant.api);
  // One that was made anew under the name is not what the person agreed to.
  const api = named !== undefined && named.createdAt > grant.created_at ? undefined : named;
  const [resource, ...others] = resources;
  if (others.length > 0) throw oauthErrors.target_several();
  // The API was deleted, or the client may no longer call it: the grant does not outlive the permission.
  if (grant.api !== null && (api === undefined || !client.apis.includes(api.name))) throw oauthErrors.target_unknown();
  if (resource !== undefined && resource !== api?.audience) {
    throw oauthErrors.target_unknown({
      message: 'The grant is for another API. Leave resource out, or start a new authorization for this one.',
    });
  }
  return api;
}

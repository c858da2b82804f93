import type { Selectable } from 'kysely';
import { type AuthorizationDetail, isForApi, narrowedDetails } from '../clients/authorization-details.ts';
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
    signedInSessionId: grant.session_id ?? grant.offline_session_id ?? undefined,
    authTime: grant.auth_time,
    acr: grant.acr ?? undefined,
    amr: grant.amr === '' ? [] : grant.amr.split(' '),
    roles: user.roles,
    groups: user.groups ?? [],
    organizationId: user.organizationId,
    user,
    ...(grant.actor_id === null ? {} : { actor: grant.actor_id }),
  };
}

/** What of the granted scopes client and API still have: both may have been narrowed since (RFC 6749 §3.3). */
export function grantedScopes(client: Client, api: Api | undefined, scopes: readonly string[]): string[] {
  return scopes.filter(
    (scope) => client.scopes.has(scope) && (IDENTITY_SCOPES.has(scope) || api?.scopes.has(scope) === true),
  );
}

/**
 * Which of a grant's APIs the next token is for. RFC 8707 §2.2: at the token endpoint `resource` may only name what was
 * granted; where several were, it must name one.
 */
export function grantedApi(
  clients: ClientDirectory,
  client: Client,
  grant: GrantRow,
  resources: readonly string[],
): Api | undefined {
  const [resource, ...others] = resources;
  if (others.length > 0) throw oauthErrors.target_several();
  const names = grant.api === null ? [] : grant.api.split(' ');
  const apis = names.flatMap((name) => clients.api(client.tenantId, name) ?? []);
  const api = resource === undefined ? apis[0] : apis.find(({ audience }) => audience === resource);
  if (resource === undefined && names.length > 1) throw oauthErrors.target_ambiguous();
  if (resource !== undefined && api === undefined) {
    throw oauthErrors.target_unknown({
      message: 'The grant is for another API. Leave resource out, or start a new authorization for this one.',
    });
  }
  if (names.length === 0) return undefined;
  // The API was deleted, or made anew under the name, which is not what the person agreed to, or the client may no
  // longer call it: the grant does not outlive the permission.
  if (api === undefined || api.createdAt > grant.created_at || !client.apis.includes(api.name)) {
    throw oauthErrors.target_unknown({
      message:
        'The API of this grant is gone or was made anew, or the client may no longer call it. Start a new authorization.',
    });
  }
  return api;
}

/** What of the granted authorization details goes into a token for this API (RFC 9396 §7). */
export function grantedDetails(
  grant: GrantRow,
  api: Api | undefined,
  asked: string | undefined,
): readonly AuthorizationDetail[] {
  const granted: AuthorizationDetail[] = JSON.parse(grant.authorization_details ?? '[]');
  const narrowed = narrowedDetails(granted, asked);
  return api === undefined ? [] : narrowed.filter((detail) => isForApi(api, detail));
}

import { chooseTarget } from '../clients/choose-target.ts';
import type { ClientDirectory } from '../clients/client-directory.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import { type GrantedPerson, type IssueAccessTokenDeps, issueAccessToken } from '../grants/issue-access-token.ts';
import { issueIdToken } from '../grants/issue-id-token.ts';
import type { UserClaims, UsersPort } from '../ports.ts';

export type PreviewTokensDeps = IssueAccessTokenDeps & {
  clients: ClientDirectory;
  users: Pick<UsersPort, 'userClaims'>;
};

export interface PreviewTokensInput {
  tenantId: string;
  clientId: string;
  /** Left out: the client for itself. */
  userId?: string | undefined;
  /** With spaces between; left out: everything the client may have. */
  scope?: string | undefined;
  /** Audience of the API, where the client may call several. */
  resource?: string | undefined;
}

export interface TokenPreview {
  accessToken: Record<string, unknown>;
  accessTokenFormat: 'jwt' | 'opaque';
  /** Undefined without a person, or without the scope openid. */
  idToken?: Record<string, unknown>;
}

/**
 * What this person's tokens for this client and API would say: made by the very functions that make tokens, but for the
 * signature, so nothing is issued and nothing can be used. Of a sign-in that did not happen it tells made-up values.
 * @throws `client_not_found`, `preview_person_not_found`, and what the client would be told of its request.
 */
export async function previewTokens(
  deps: PreviewTokensDeps,
  { tenantId, clientId, userId, scope, resource }: PreviewTokensInput,
): Promise<TokenPreview> {
  const declared = deps.clients.client(tenantId, clientId);
  if (declared === undefined) throw oauthErrors.client_not_found();
  // What is to be read is not encrypted.
  const client = { ...declared, spec: { ...declared.spec, idTokenEncryption: undefined } };
  const user =
    userId === undefined
      ? undefined
      : await deps.users.userClaims(tenantId, userId, undefined, declared.organizationId);
  if (userId !== undefined && user === undefined) throw oauthErrors.preview_person_not_found();
  const asked = { resources: resource === undefined ? [] : [resource], scopes: readScope(scope) };
  const target = chooseTarget(deps.clients, client, asked, user !== undefined);
  const said: Record<string, unknown>[] = [];
  const hear = async (_: string, claims: object) => `${said.push({ ...claims })}`;
  const making = {
    ...deps,
    signingKeys: { sign: hear, ensure: async () => undefined },
    opaqueTokens: { seal: (claims: object) => `${said.push({ ...claims })}` },
    remoteKeys: { encryptionKeyAt: async () => undefined },
  };
  const now = deps.clock.now();
  const person = user && userId !== undefined ? personAt(now, userId, user) : undefined;
  const { token } = await issueAccessToken(making, client, target, person, now);
  if (person !== undefined && target.scopes.includes('openid')) {
    await issueIdToken(making, client, person, { nonce: undefined, accessToken: token, scopes: target.scopes });
  }
  const [accessToken = {}, idToken] = said;
  const accessTokenFormat = target.api?.accessTokenFormat ?? 'jwt';
  return { accessToken, accessTokenFormat, ...(idToken === undefined ? {} : { idToken }) };
}

/** As if they had signed in a moment ago. */
function personAt(now: number, userId: string, user: UserClaims): GrantedPerson {
  return {
    userId,
    grantId: 'gnt_preview',
    sessionId: undefined,
    signedInSessionId: undefined,
    authTime: Math.floor(now / 1000),
    acr: undefined,
    amr: [],
    roles: user.roles,
    groups: user.groups ?? [],
    organizationId: user.organizationId,
    user,
  };
}

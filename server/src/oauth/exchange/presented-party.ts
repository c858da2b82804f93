import type { Clock, CredentialEnvironment, Principal } from '#base';
import type { SigningKeys } from '#keyring';
import type { Client, ClientDirectory } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import type { Issuers } from '../issuers.ts';
import type { ApiKeysPort } from '../ports.ts';
import type { ActClaim, DelegatedType } from '../tokens/access-token-claims.ts';
import type { Confirmation } from '../tokens/confirmation.ts';
import type { PairwiseSubjects } from '../tokens/pairwise-subjects.ts';
import { readIdToken } from '../tokens/read-id-token.ts';
import type { AccessTokenVerifier } from '../tokens/verify-access-token.ts';
import { TOKEN_TYPES } from './token-types.ts';

/** Whom a presented token stands for, and all that a token made from it must carry on. */
export interface PresentedParty {
  type: 'user' | DelegatedType;
  id: string;
  /** The client whose token it was; undefined for an API key. */
  clientId: string | undefined;
  /** The key or certificate that it is bound to: of no use to whoever does not prove it. */
  confirmation: Confirmation | undefined;
  /** Whom it was issued for; undefined where it was for nobody else. */
  audience: readonly string[] | undefined;
  /** All that the presented token may do: nothing made from it may do more. */
  scopes: readonly string[];
  roles: readonly string[];
  groups: readonly string[];
  organizationId: string | undefined;
  act: ActClaim | undefined;
  grantId: string | undefined;
  sessionId: string | undefined;
  apiKeyId: string | undefined;
  /** Of the key that it is or was made from. */
  environment: CredentialEnvironment | undefined;
  /** Ids of tokens, clients and secrets that it descends from, itself included. */
  origins: readonly string[];
  authTime: number | undefined;
  acr: string | undefined;
  amr: readonly string[] | undefined;
  /** Seconds. */
  issuedAt: number;
  expiresAt: number | undefined;
}

export interface ReadPartyDeps {
  verifier: Pick<AccessTokenVerifier, 'readAccessToken'>;
  signingKeys: Pick<SigningKeys, 'verificationKey'>;
  issuers: Issuers;
  clients: Pick<ClientDirectory, 'client'>;
  subjects: PairwiseSubjects;
  apiKeys?: ApiKeysPort;
  clock: Clock;
}

type Reader = (deps: ReadPartyDeps, client: Client, text: string) => PresentedParty | undefined;

/** By token type: only what this installation issued itself. Undefined when the token is no good, for whatever reason. */
export const PARTY_READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [TOKEN_TYPES.accessToken, readAccessTokenParty],
  [TOKEN_TYPES.jwt, readAccessTokenParty],
  [TOKEN_TYPES.idToken, readIdTokenParty],
  [TOKEN_TYPES.apiKey, readApiKeyParty],
]);

function readAccessTokenParty(deps: ReadPartyDeps, client: Client, text: string): PresentedParty | undefined {
  const read = deps.verifier.readAccessToken(text, deps.clock.now());
  if ('reason' in read || read.principal.tenantId !== client.tenantId) return undefined;
  const { claims } = read;
  const isClient = claims.sub === claims.client_id;
  return {
    type: claims.principal_type ?? (isClient ? 'client' : 'user'),
    id: claims.sub,
    clientId: claims.client_id,
    confirmation: claims.cnf,
    audience: [claims.aud].flat(),
    scopes: read.principal.scopes,
    roles: read.principal.roles,
    groups: read.principal.groups ?? [],
    organizationId: claims.organization_id,
    act: claims.act,
    grantId: claims.grant_id,
    sessionId: claims.sid,
    apiKeyId: claims.api_key_id,
    environment: read.principal.credential.environment,
    origins: [
      ...(claims.origins ?? []),
      `jti:${claims.jti}`,
      `client:${claims.client_id}`,
      ...(claims.client_secret_id === undefined ? [] : [`secret:${claims.client_secret_id}`]),
    ],
    authTime: claims.auth_time,
    acr: claims.acr,
    amr: claims.amr,
    issuedAt: claims.iat,
    expiresAt: claims.exp,
  };
}

/** Says who signed in, to the client that it was issued to and nobody else; it opens no API, so it carries no scope. */
function readIdTokenParty(deps: ReadPartyDeps, client: Client, text: string): PresentedParty | undefined {
  const claims = readIdToken(deps, client.tenantId, text);
  if (claims === undefined || claims.aud !== client.id || claims.exp * 1000 <= deps.clock.now()) return undefined;
  return {
    type: 'user',
    id: claims.sub,
    clientId: claims.aud,
    confirmation: undefined,
    audience: undefined,
    scopes: [],
    roles: [],
    groups: [],
    organizationId: undefined,
    act: undefined,
    grantId: undefined,
    sessionId: claims.sid,
    apiKeyId: undefined,
    environment: undefined,
    origins: [`client:${claims.aud}`],
    authTime: claims.auth_time,
    acr: claims.acr,
    amr: claims.amr,
    issuedAt: claims.iat,
    expiresAt: claims.exp,
  };
}

function readApiKeyParty(deps: ReadPartyDeps, client: Client, text: string): PresentedParty | undefined {
  // No address, API or route is told: what is bound to some is not to be had without the binding.
  const place = { tenantId: client.tenantId, address: '' };
  const found = deps.apiKeys?.verifyApiKey(text, deps.clock.now(), place);
  // Whoever holds the whole key may know that it is good, and where it is of use.
  if (found?.ok === false && found.reason === 'wrong_place') throw oauthErrors.exchange_key_placed();
  if (found?.ok !== true || found.principal.tenantId !== client.tenantId) return undefined;
  const { type } = found.principal;
  if (type !== 'user' && type !== 'service_account' && type !== 'api_key') return undefined;
  return partyOfPrincipal(found.principal, type, deps.clock.now());
}

/** Whose credential is no token: a key, which whatever is made from it ends with, or a certificate. */
export function partyOfPrincipal(
  { id, scopes, roles, groups = [], organizationId, credential }: Principal,
  type: PresentedParty['type'],
  now: number,
): PresentedParty {
  return {
    type,
    id,
    clientId: undefined,
    confirmation: undefined,
    audience: undefined,
    scopes,
    roles,
    groups,
    organizationId,
    act: undefined,
    grantId: undefined,
    sessionId: undefined,
    apiKeyId: credential.type === 'api_key' ? credential.id : undefined,
    environment: credential.environment,
    origins: [],
    authTime: undefined,
    acr: undefined,
    amr: undefined,
    issuedAt: Math.floor(now / 1000),
    expiresAt: credential.expiresAt,
  };
}

import type { Principal } from '#base';
import type { SigningKeys } from '#keyring';
import type { ClientDirectory } from '../clients/client-directory.ts';
import { type DemandProofDeps, demandProof } from '../dpop/demand-proof.ts';
import type { Nonces } from '../dpop/nonces.ts';
import { oauthErrors } from '../errors.ts';
import type { Issuers } from '../issuers.ts';
import { type EncryptAnswerDeps, encryptAnswer } from '../jwt/encrypt-answer.ts';
import { certificateThumbprint } from '../jwt/public-key.ts';
import type { UsersPort } from '../ports.ts';
import { DEFAULT_PROFILE, PROFILES } from '../profiles/profile.ts';
import {
  type Check,
  type EndpointRequest,
  type EndpointResponse,
  established,
  NO_STORE,
  runChecks,
} from '../protocol/endpoint.ts';
import { type ProblemDeps, tokenProblemResponse, toProblem } from '../protocol/error-response.ts';
import { param } from '../protocol/read-params.ts';
import type { Confirmation } from '../tokens/confirmation.ts';
import type { PairwiseSubjects } from '../tokens/pairwise-subjects.ts';
import { personClaimsFor } from '../tokens/person-claims.ts';
import type { AccessTokenVerifier } from '../tokens/verify-access-token.ts';
import { addressOf } from './paths.ts';

export interface UserinfoDeps extends ProblemDeps, EncryptAnswerDeps {
  verifier: AccessTokenVerifier;
  clients: ClientDirectory;
  issuers: Issuers;
  users: UsersPort;
  store: DemandProofDeps['store'];
  nonces: Nonces;
  subjects: PairwiseSubjects;
  signingKeys: Pick<SigningKeys, 'sign'>;
}

interface UserinfoContext {
  deps: UserinfoDeps;
  request: EndpointRequest;
  token?: string;
  scheme?: 'DPoP' | 'Bearer';
  /** The key or certificate that the caller proved to hold. */
  confirmation?: Confirmation | undefined;
  principal?: Principal;
  answer?: Record<string, unknown>;
  /** The same, signed and encrypted. */
  encrypted?: string;
}

const USERINFO_CHECKS: readonly Check<UserinfoContext>[] = [
  readToken,
  proveSender,
  verifyToken,
  requireOpenid,
  describePerson,
];

/** Userinfo (OpenID Connect Core §5.3). Never throws. */
export async function userinfoEndpoint(deps: UserinfoDeps, request: EndpointRequest): Promise<EndpointResponse> {
  const context: UserinfoContext = { deps, request };
  try {
    await runChecks(USERINFO_CHECKS, context);
    if (context.encrypted !== undefined) {
      return { status: 200, headers: NO_STORE, body: context.encrypted, type: 'application/jwt' };
    }
    return { status: 200, headers: NO_STORE, body: established(context, 'answer') };
  } catch (thrown) {
    const problem = toProblem(deps, thrown, {
      endpoint: 'userinfo',
      tenantId: request.tenantId,
      clientId: context.principal?.credential.clientId,
      remoteAddress: request.ip,
    });
    return tokenProblemResponse(problem, {
      realm: deps.issuers.issuerOf(request.tenantId),
      bare: context.token === undefined,
      scheme: context.scheme ?? 'Bearer',
      nonce: context.scheme === 'DPoP' ? deps.nonces.current(request.tenantId) : undefined,
    });
  }
}

/** RFC 6750 §2.1 and §2.2, RFC 9449 §7.1. A token in the query ends up in logs, and is not looked for (RFC 9700 §4.3.2). */
function readToken(context: UserinfoContext): undefined {
  const { authorization, params } = context.request;
  const [, scheme, header] = /^(bearer|dpop) +([\x21-\x7e]+)$/i.exec(authorization ?? '') ?? [];
  context.scheme = scheme?.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer';
  const body = param(params, 'access_token');
  // RFC 6750 §2: one way to send it in each request.
  if (header !== undefined && body !== undefined) throw oauthErrors.bearer_twice();
  const token = header ?? body;
  if (token === undefined) throw oauthErrors.bearer_missing();
  context.token = token;
}

/** What the caller holds besides the token; whether the token is bound to it, the verifier says. */
async function proveSender(context: UserinfoContext): Promise<undefined> {
  const { deps, request, scheme } = context;
  const { certificate, tenantId, dpop: headers = [], method = 'GET' } = request;
  if (scheme === 'DPoP') {
    const address = addressOf(deps.issuers, tenantId, 'userinfo');
    const proven = { method, ...address, accessToken: established(context, 'token') };
    const { signatureAlgs: algs } = PROFILES[DEFAULT_PROFILE];
    context.confirmation = {
      jkt: await demandProof(deps, { tenantId, headers, request: proven, algs, nonceRequired: false }),
    };
  } else if (certificate !== undefined) {
    context.confirmation = { 'x5t#S256': certificateThumbprint(certificate) };
  }
}

function verifyToken(context: UserinfoContext): undefined {
  const { deps, request } = context;
  const audience = deps.issuers.issuerOf(request.tenantId);
  const expected = { audience, confirmation: context.confirmation };
  const verified = deps.verifier.verifyAccessToken(established(context, 'token'), expected, deps.clock.now());
  if (!verified.ok) throw oauthErrors.bearer_invalid({ message: verified.description });
  if (verified.principal.tenantId !== request.tenantId) throw oauthErrors.bearer_invalid();
  context.principal = verified.principal;
}

function requireOpenid(context: UserinfoContext): undefined {
  const { type, scopes } = established(context, 'principal');
  if (type !== 'user' || !scopes.includes('openid')) throw oauthErrors.openid_scope_missing();
}

async function describePerson(context: UserinfoContext): Promise<undefined> {
  const { deps } = context;
  const { id, tenantId, scopes, credential } = established(context, 'principal');
  const client = deps.clients.client(tenantId, credential.clientId ?? '');
  if (client === undefined) throw oauthErrors.bearer_invalid();
  const person = await deps.users.userClaims(tenantId, id, undefined, client.organizationId);
  if (person === undefined) throw oauthErrors.bearer_invalid();
  const sub = deps.subjects.hide(client, 'subject', id);
  const answer = { ...personClaimsFor(client, { ...person, id: sub }, scopes), sub };
  context.answer = answer;
  const { userinfoEncryption: encryption } = client.spec;
  if (encryption === undefined) return;
  // OpenID Connect Core §5.3.2: a signed answer says who from and whom for.
  const claims = { ...answer, iss: deps.issuers.issuerOf(tenantId), aud: client.id };
  const signed = await deps.signingKeys.sign(tenantId, claims, { typ: 'JWT', alg: client.idTokenAlg });
  context.encrypted = await encryptAnswer(deps, client, encryption, signed);
}

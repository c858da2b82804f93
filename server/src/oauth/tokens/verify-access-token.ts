import type { Principal } from '#base';
import { type SigningKeys, verifyBytes } from '#keyring';
import type { ClientDirectory } from '../clients/client-directory.ts';
import { GATEWAY_CLIENT_ID } from '../clients/own-applications.ts';
import type { Issuers } from '../issuers.ts';
import type { ApiKeysPort } from '../ports.ts';
import { type AccessTokenClaims, readAccessTokenClaims, toActor } from './access-token-claims.ts';
import { type Confirmation, isHeldBy } from './confirmation.ts';
import { OPAQUE_TOKEN_PREFIX, type OpaqueTokens } from './opaque-tokens.ts';
import type { PairwiseSubjects } from './pairwise-subjects.ts';
import { revealPerson } from './person-in-claims.ts';
import { readJws } from './read-jws.ts';
import { RecentCache } from './recent-cache.ts';
import { type Origin, REVOCATION_KINDS, type RevocableToken, type RevocationList } from './revocation-list.ts';

export type VerificationFailure =
  | 'malformed'
  | 'unknown'
  | 'expired'
  | 'revoked'
  | 'wrong_audience'
  | 'wrong_issuer'
  | 'bad_signature'
  | 'wrong_type'
  | 'wrong_sender';

export type Verification =
  | { ok: true; principal: Principal }
  | { ok: false; reason: VerificationFailure; description: string; former?: Principal };

export interface ExpectedToken {
  audience: string;
  confirmation?: Confirmation | undefined;
}

export interface AccessTokenVerifier {
  /**
   * `now` in milliseconds. Never waits: everything it needs is in memory. `confirmation` is the key or certificate that
   * the caller proved to hold; a token that is bound to another one, or to any when none was proved, is refused.
   */
  verifyAccessToken(text: string, expected: ExpectedToken, now: number): Verification;
  /** The claims of a token that is good now, whatever its audience: for introspection, revocation and userinfo. */
  readAccessToken(
    text: string,
    now: number,
  ):
    | { claims: AccessTokenClaims; payload: Readonly<Record<string, unknown>>; principal: Principal }
    | RefusedVerification;
}

export type RefusedVerification = Extract<Verification, { ok: false }>;

export interface VerifierDeps {
  signingKeys: Pick<SigningKeys, 'verificationKey'>;
  issuers: Issuers;
  revocations: RevocationList;
  clients: ClientDirectory;
  subjects: PairwiseSubjects;
  /** Left out: opaque tokens are unknown. */
  opaqueTokens?: Pick<OpaqueTokens, 'open'>;
  /** Left out: a token that was exchanged for an API key is good for nothing. */
  apiKeys?: Pick<ApiKeysPort, 'isLive' | 'planOf'>;
}

/** About 2 KiB an entry with its token: 40 MiB at most. */
const VERIFIED_TOKENS_MAX = 20_000;
/** Clocks of our own processes may differ by this much. Expiry gets no grace: we issued it. */
const CLOCK_SKEW_SECONDS = 5;

interface Verified {
  claims: AccessTokenClaims;
  /** With what was declared for the API. */
  payload: Readonly<Record<string, unknown>>;
  principal: Principal;
  tenantId: string;
  /** undefined for an opaque token: its key is derived, and never withdrawn. */
  kid: string | undefined;
  /** The key object that verified it: another one under the same kid means that the key was replaced. */
  key: unknown;
  revocable: RevocableToken;
  /** API keys that it was made from, and the tokens of those who act. */
  keys: readonly string[];
  /** Those keys must be good anywhere, as they were when it was made: it carries nothing of where they are bound to. */
  anywhere: boolean;
  /** Of the client, as far as it was looked up. */
  clientPlan: string | undefined;
  cleanAtRevocations: number;
  cleanAtClients: number;
}

/** RFC 9068 §4, for our own tokens, from memory. A verified signature is remembered; nothing else is. */
export function createAccessTokenVerifier(deps: VerifierDeps): AccessTokenVerifier {
  const cache = new RecentCache<Verified>(VERIFIED_TOKENS_MAX);

  function check(text: string, now: number): Verified | RefusedVerification {
    const cached = cache.get(text);
    const verified = cached ?? (text.startsWith(OPAQUE_TOKEN_PREFIX) ? openText : verifyText)(deps, text, now);
    if ('reason' in verified) return verified;
    const refusal = currentState(deps, verified, now);
    if (refusal !== undefined) {
      if (cached !== undefined) cache.delete(text);
      // Its signature is ours, so it is certain whose it was.
      return { ...refusal, former: verified.principal };
    }
    if (cached === undefined) cache.set(text, verified);
    return verified;
  }

  return {
    verifyAccessToken(text, { audience, confirmation }, now) {
      const verified = check(text, now);
      if ('reason' in verified) return verified;
      const { aud, cnf } = verified.claims;
      if ((cnf !== undefined || confirmation !== undefined) && !isHeldBy(cnf, confirmation)) {
        return { ...WRONG_SENDER, former: verified.principal };
      }
      if (aud === audience || (Array.isArray(aud) && aud.includes(audience))) {
        return { ok: true, principal: verified.principal };
      }
      const refusal = refuse(
        'wrong_audience',
        'The access token is for another API. Ask for one with resource set to this API.',
      );
      return { ...refusal, former: verified.principal };
    },
    readAccessToken: check,
  };
}

/** Everything that can't change: form, type, issuer, signature, claims. */
function verifyText(deps: VerifierDeps, text: string, now: number): Verified | RefusedVerification {
  const { signingKeys, issuers } = deps;
  const jws = readJws(text);
  if (jws === undefined) return refuse('malformed', 'The access token is not a JWT of this issuer.');
  // RFC 9068 §4: an id token or an identity token must not pass for an access token.
  if (jws.header.typ !== 'at+jwt') return refuse('wrong_type', 'The token is a JWT, but not an access token (typ).');
  const { iss } = jws.payload;
  const tenantId = typeof iss === 'string' ? issuers.tenantOf(iss) : undefined;
  if (tenantId === undefined) return refuse('wrong_issuer', 'The access token comes from another issuer (iss).');
  const known = signingKeys.verificationKey(tenantId, jws.header.kid);
  if (known === undefined)
    return refuse('bad_signature', 'The key that signed the access token is not one of ours (kid).');
  if (known.alg !== jws.header.alg || !verifyBytes(known.alg, known.key, jws.signed, jws.signature)) {
    return refuse('bad_signature', 'The signature of the access token does not match.');
  }
  return readPayload(deps, jws.payload, now, { tenantId, kid: jws.header.kid, key: known.key });
}

/** The same of an opaque token: what opens is ours, whole, and an access token. */
function openText(deps: VerifierDeps, text: string, now: number): Verified | RefusedVerification {
  const { opaqueTokens, issuers } = deps;
  const opened = opaqueTokens?.open(text, now);
  if (opened === undefined) return refuse('unknown', 'The access token is not one of ours, or has expired long ago.');
  const { iss } = opened.claims;
  const tenantId = typeof iss === 'string' ? issuers.tenantOf(iss) : undefined;
  if (tenantId === undefined) return refuse('wrong_issuer', 'The access token comes from another issuer (iss).');
  return readPayload(deps, opened.claims, now, { tenantId, kid: undefined, key: opened.key });
}

function readPayload(
  { clients, subjects }: VerifierDeps,
  payload: Record<string, unknown>,
  now: number,
  source: Pick<Verified, 'tenantId' | 'kid' | 'key'>,
): Verified | RefusedVerification {
  const read = readAccessTokenClaims(payload);
  const claims = read && revealPerson(subjects, clients.client(source.tenantId, read.client_id), read);
  if (claims === undefined) return refuse('malformed', 'The access token lacks a required claim (RFC 9068 §2.2).');
  const notBefore = payload.nbf;
  const startsAt = Math.max(claims.iat, typeof notBefore === 'number' ? notBefore : 0);
  if (startsAt > now / 1000 + CLOCK_SKEW_SECONDS)
    return refuse('malformed', 'The access token is not valid yet (nbf, iat).');
  return { ...describeToken(claims, source), payload };
}

function describeToken(
  claims: AccessTokenClaims,
  { tenantId, kid, key }: Pick<Verified, 'tenantId' | 'kid' | 'key'>,
): Omit<Verified, 'payload'> {
  const isPerson = claims.principal_type === undefined && claims.sub !== claims.client_id;
  return {
    claims,
    principal: toPrincipal(claims, tenantId, isPerson),
    tenantId,
    kid,
    key,
    revocable: {
      tenantId,
      jti: claims.jti,
      grant: claims.grant_id,
      client: claims.client_id,
      secret: claims.client_secret_id,
      session: claims.sid,
      user: isPerson ? claims.sub : undefined,
      origins: claims.origins?.flatMap(readOrigin),
      issuedAt: claims.iat,
    },
    keys: keysOf(claims),
    // The gateway makes some of keys where they may be used, for what stands behind it.
    anywhere: claims.client_id !== GATEWAY_CLIENT_ID && !claims.origins?.includes(`client:${GATEWAY_CLIENT_ID}`),
    clientPlan: undefined,
    cleanAtRevocations: -1,
    cleanAtClients: -1,
  };
}

/** Everything that can change: time, the key's standing, revocations, the client. Asked on every hit. */
function currentState(deps: VerifierDeps, verified: Verified, now: number): RefusedVerification | undefined {
  const { claims, tenantId } = verified;
  if (claims.exp * 1000 <= now) return refuse('expired', 'The access token has expired. Get a new one.');
  const { kid } = verified;
  if (kid !== undefined && deps.signingKeys.verificationKey(tenantId, kid)?.key !== verified.key) {
    return refuse('bad_signature', 'The key that signed the access token was withdrawn. Get a new token.');
  }
  const { revocations, clients } = deps;
  const { api_key_id: keyId } = claims;
  const { keys, anywhere } = verified;
  if (keys.length > 0 && keys.some((id) => deps.apiKeys?.isLive(tenantId, id, now, anywhere) !== true)) return REVOKED;
  if (verified.cleanAtRevocations !== revocations.version) {
    if (revocations.isRevoked(verified.revocable)) return REVOKED;
    verified.cleanAtRevocations = revocations.version;
  }
  if (verified.cleanAtClients !== clients.version) {
    const client = clients.client(tenantId, claims.client_id);
    // A client that was deleted, or made anew under the same name, takes its tokens along.
    if (client === undefined || claims.iat < Math.floor(client.createdAt / 1000)) return REVOKED;
    // So does one that changed hands: what it got before was for somebody else.
    const actsForItself = claims.principal_type === undefined && claims.sub === claims.client_id;
    const confined = actsForItself || client.organizationId !== undefined;
    if (confined && claims.organization_id !== client.organizationId) return REVOKED;
    if (verified.revocable.origins?.some(({ kind, id }) => kind === 'client' && !clients.client(tenantId, id))) {
      return REVOKED;
    }
    verified.clientPlan = client.plan;
    verified.cleanAtClients = clients.version;
  }
  // What was made from a key is held to the key's plan: otherwise whoever exchanges it has no limit but the client's.
  const plan = (keyId && deps.apiKeys?.planOf?.(tenantId, keyId)) || verified.clientPlan;
  if (verified.principal.plan !== plan) verified.principal = withPlan(verified.principal, plan);
  return undefined;
}

const WRONG_SENDER: RefusedVerification = refuse(
  'wrong_sender',
  'The access token is bound to a key or certificate that was not proved, or to none at all. Present it as it was issued (token_type).',
);
const REVOKED: RefusedVerification = refuse('revoked', 'The access token was revoked. Get a new one.');

function toPrincipal(claims: AccessTokenClaims, tenantId: string, isPerson: boolean): Principal {
  // Of a key, and without a word of its environment: made by a process that did not know of it yet. Least is assumed.
  const { api_key_environment: environment = claims.api_key_id === undefined ? undefined : 'test' } = claims;
  return {
    type: claims.principal_type ?? (isPerson ? 'user' : 'client'),
    id: claims.sub,
    tenantId,
    ...(claims.organization_id === undefined ? {} : { organizationId: claims.organization_id }),
    roles: claims.roles ?? [],
    ...(claims.groups === undefined ? {} : { groups: claims.groups }),
    scopes: claims.scope === undefined || claims.scope === '' ? [] : claims.scope.split(' '),
    credential: {
      type: 'access_token',
      id: claims.jti,
      clientId: claims.client_id,
      expiresAt: claims.exp,
      ...(claims.grant_id === undefined ? {} : { grantId: claims.grant_id }),
      ...(claims.api_key_id === undefined ? {} : { apiKeyId: claims.api_key_id }),
      ...(environment === undefined ? {} : { environment }),
    },
    ...(claims.acr === undefined ? {} : { acr: claims.acr }),
    ...(claims.amr === undefined ? {} : { amr: claims.amr }),
    ...(claims.auth_time === undefined ? {} : { authTime: claims.auth_time }),
    ...(claims.act === undefined ? {} : { act: toActor(claims.act) }),
  };
}

function keysOf({ api_key_id: own, origins = [] }: AccessTokenClaims): string[] {
  const acting = origins.flatMap((text) => (text.startsWith('key:') ? [text.slice(4)] : []));
  return own === undefined ? acting : [own, ...acting];
}

/** Written where tokens are exchanged. */
function readOrigin(text: string): Origin[] {
  const kind = REVOCATION_KINDS.find((known) => text.startsWith(`${known}:`));
  return kind === undefined ? [] : [{ kind, id: text.slice(kind.length + 1) }];
}

function withPlan({ plan: _, ...principal }: Principal, plan: string | undefined): Principal {
  return plan === undefined ? principal : { ...principal, plan };
}

function refuse(reason: VerificationFailure, description: string): RefusedVerification {
  return { ok: false, reason, description };
}

import { createIssuerMetadata } from '../net/issuer-metadata.ts';
import { isWholeApiKey, looksLikeApiKey } from './api-key-format.ts';
import { type Auth, type Claims, readAuth } from './auth.ts';
import { AuthError, ConfigurationError } from './auth-error.ts';
import { BoundedCache } from './bounded-cache.ts';
import { demandConfirmation, type ShownKeys } from './confirmation.ts';
import { createDecisions, type Decision, type Question } from './decisions.ts';
import { sha256 } from './digest.ts';
import { createDpopCheck } from './dpop-check.ts';
import { createIntrospection } from './introspection.ts';
import { looksLikeJwt, TOKEN_LENGTH_MAX } from './jws.ts';
import { createKeySet, type IssuerKey } from './key-set.ts';
import { type PresentedRequest, readIdentity, readPresented } from './presented.ts';
import { createStanding } from './standing.ts';
import { checkOptions, type VerifierOptions } from './verifier-options.ts';
import { verifyJwt } from './verify-jwt.ts';

export interface Verifier {
  /** What requests are verified for. */
  readonly options: VerifierOptions;
  /** Who is calling? Header, proof and certificate are looked at. @throws {@link AuthError} */
  verify(request: PresentedRequest): Promise<Auth>;
  /** The same of a bearer token or API key alone; a token that is bound to a key is refused. @throws {@link AuthError} */
  verifyToken(token: string): Promise<Auth>;
  /** May the caller do this? By the policies, roles and relationships of the decision point. @throws {@link AuthError} */
  authorize(auth: Auth, question: Question): Promise<Decision>;
  /** Stops following revocations. */
  close(): void;
}

/** About 4 KiB an entry with its claims: 40 MiB at most. */
const VERIFIED_MAX = 10_000;

interface Verified {
  auth: Auth;
  key: IssuerKey;
  /** {@link Standing.version} at which it was found clean. */
  cleanAt: number | undefined;
}

/**
 * Verifies the callers of one API. Make one for a process: it remembers keys, verified tokens and revocations.
 *
 * @example
 * ```ts
 * import { createVerifier } from '@gatehouse/sdk/verify';
 *
 * const verifier = createVerifier({ issuer: 'https://id.example.com', audience: 'https://orders.example.com' });
 *
 * export async function whoCalls(token: string): Promise<string> {
 *   const { subject, scopes } = await verifier.verifyToken(token);
 *   return `${subject} may ${scopes.join(', ')}`;
 * }
 * ```
 *
 * @throws {@link ConfigurationError} when an option can not be.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const checked = checkOptions(options);
  const { issuer, audiences, clientId, clientSecret, decisionKey, fetch, now, rolesOf } = checked;
  const metadata = createIssuerMetadata({ issuer, fetch, now });
  const keys = createKeySet({ url: async () => jwksUri(await metadata()), fetch, now });
  const expected = { ...checked, type: checked.tokenType, keys };
  const credentials = clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret };
  const introspection =
    credentials &&
    createIntrospection({ ...checked, ...credentials, metadata, cacheSeconds: checked.introspectionCacheSeconds });
  const standing =
    credentials && introspection && createStanding({ ...credentials, metadata, fetch, now, introspection });
  const dpop = createDpopCheck(checked);
  const cache = new BoundedCache<string, Verified>(VERIFIED_MAX);
  const pending = new Map<string, Promise<Verified>>();
  const decisions =
    decisionKey === undefined
      ? undefined
      : createDecisions({
          url: checked.decisionPoint ?? issuer,
          apiKey: decisionKey,
          cacheSeconds: checked.decisionCacheSeconds,
          fetch,
          now,
        });

  async function verifyAnew(token: string): Promise<Verified> {
    const { claims, key } = await verifyJwt(token, expected);
    const kind = checked.from === 'gateway' ? 'identity' : 'access_token';
    const auth = readAuth(claims, { kind, token, issuer, ...(rolesOf === undefined ? {} : { rolesOf }) });
    if (auth === undefined) throw new AuthError('credential_malformed');
    const verified: Verified = { auth, key, cleanAt: undefined };
    cache.set(token, verified);
    return verified;
  }

  /** Signature and claims, from memory when they were verified before and can not have changed since. */
  async function verifySigned(token: string): Promise<Auth> {
    let verified = cache.get(token);
    if (verified === undefined || !keys.holds(verified.key)) {
      // Of one token, however many requests bring it at once, the signature is verified once.
      const running = pending.get(token) ?? verifyAnew(token).finally(() => pending.delete(token));
      pending.set(token, running);
      verified = await running;
    }
    const { auth } = verified;
    if ((auth.expiresAt ?? 0) + checked.clockSkewSeconds <= now() / 1000) throw new AuthError('expired');
    if (standing !== undefined) {
      const version = standing.version();
      if (version === undefined || verified.cleanAt !== version) {
        await standing.demand(token, auth.claims);
        // The version from before: what was heard meanwhile, it was not looked for in.
        verified.cleanAt = version;
      }
    }
    return auth;
  }

  /** An API key or an opaque token: only the issuer knows what it stands for. */
  async function lookUp(token: string, clientAddress?: string): Promise<Auth> {
    if (looksLikeApiKey(token) && !isWholeApiKey(token)) throw new AuthError('credential_malformed');
    // What the gateway says is signed, and nothing else is asked about.
    if (introspection === undefined || checked.from === 'gateway') throw new AuthError('credential_not_accepted');
    const claims = await introspection.look(token, looksLikeApiKey(token) ? clientAddress : undefined);
    if (claims === undefined) throw new AuthError('inactive');
    const auth = readAuth(claims, {
      kind: looksLikeApiKey(token) ? 'api_key' : 'access_token',
      token,
      issuer,
      ...(rolesOf === undefined ? {} : { rolesOf }),
    });
    if (auth === undefined) throw new AuthError('inactive');
    demandIntrospected(claims, issuer, audiences);
    if (auth.expiresAt !== undefined && auth.expiresAt <= now() / 1000) throw new AuthError('expired');
    return auth;
  }

  async function verifyHeld(token: string, shown: ShownKeys, clientAddress?: string): Promise<Auth> {
    if (token.length > TOKEN_LENGTH_MAX) throw new AuthError('credential_malformed');
    const auth = looksLikeJwt(token) ? await verifySigned(token) : await lookUp(token, clientAddress);
    await demandConfirmation(auth.claims, shown);
    return auth;
  }

  return {
    options,
    async verify(request) {
      if (checked.from === 'gateway') {
        const token = readIdentity(request);
        if (token === undefined) throw new AuthError('credential_missing');
        if (!looksLikeJwt(token)) throw new AuthError('credential_malformed');
        return verifySigned(token);
      }
      const presented = readPresented(request);
      if (presented === undefined) throw new AuthError('credential_missing');
      const { scheme, token } = presented;
      if (scheme === 'ApiKey' && !looksLikeApiKey(token)) throw new AuthError('credential_malformed');
      const certificate = async () => {
        const der = request.certificate?.();
        return der === undefined ? undefined : sha256(der);
      };
      if (scheme !== 'DPoP') {
        if (checked.dpop?.required === true) throw new AuthError('credential_not_accepted');
        return verifyHeld(token, { jkt: undefined, certificate }, request.clientAddress?.());
      }
      const proof = await dpop.check(request, token);
      const auth = await verifyHeld(token, { jkt: proof.jkt, certificate });
      // Last, so that only proofs of good tokens are remembered.
      await dpop.takeOnce(proof);
      return auth;
    },
    async verifyToken(token) {
      // Nothing is proved here, so nothing passes where a proof is required.
      if (checked.dpop?.required === true) throw new AuthError('credential_not_accepted');
      return verifyHeld(token, NOTHING_SHOWN);
    },
    authorize(auth, question) {
      if (decisions === undefined)
        throw new ConfigurationError('To ask for decisions, give the verifier a decisionKey.');
      return decisions.decide(auth, question);
    },
    close: () => standing?.close(),
  };
}

const NOTHING_SHOWN: ShownKeys = { jkt: undefined, certificate: async () => undefined };

function jwksUri({ jwks_uri }: { jwks_uri?: string }): string {
  if (jwks_uri === undefined) throw new TypeError('The issuer publishes no keys (jwks_uri)');
  return jwks_uri;
}

/** The audience is asked for: credentials of this API may let it look at tokens of others. */
function demandIntrospected({ iss, aud }: Claims, issuer: string, audiences: readonly string[]): void {
  if (iss !== undefined && iss !== issuer) throw new AuthError('wrong_issuer');
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.some((audience) => named.includes(audience))) throw new AuthError('wrong_audience');
}

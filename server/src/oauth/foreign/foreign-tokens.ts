import type { Clock, Principal } from '#base';
import type { Alg } from '#keyring';
import type { ResourceSnapshot } from '#resources';
import { matchConditions } from '../authentication/match-workload-token.ts';
import type { ApiSpec } from '../clients/api-schema.ts';
import type { Issuers } from '../issuers.ts';
import { type ForeignJwt, readForeignJwt, signerOf, timeProblem } from '../jwt/foreign-jwt.ts';
import type { PublicKey } from '../jwt/public-key.ts';
import { type Confirmation, isHeldBy, readConfirmation } from '../tokens/confirmation.ts';
import { RecentCache } from '../tokens/recent-cache.ts';
import type {
  AccessTokenVerifier,
  ExpectedToken,
  Verification,
  VerificationFailure,
} from '../tokens/verify-access-token.ts';
import type { ForeignIssuerSpec } from './foreign-issuer-schema.ts';
import { foreignPrincipal } from './foreign-principal.ts';
import { IssuerKeys, type IssuerKeysDeps } from './issuer-keys.ts';

export interface ForeignTokensDeps extends IssuerKeysDeps {
  own: Pick<AccessTokenVerifier, 'verifyAccessToken'>;
  apis: Pick<ResourceSnapshot<ApiSpec>, 'all' | 'tenants' | 'onChange'>;
  issuers: Pick<Issuers, 'tenantOf'>;
  clock: Clock;
  algs: readonly Alg[];
}

export interface ExpectedAnywhere extends ExpectedToken {
  /** Whose API it is: two tenants may call theirs alike, and trust different issuers. */
  tenantId?: string | undefined;
}

/** For the gateway: our own tokens, and of other issuers those that the API names. */
export interface GatewayTokens {
  /** A promise only when an issuer must be asked for keys that are not at hand. */
  verifyAccessToken(text: string, expected: ExpectedAnywhere, now: number): Verification | Promise<Verification>;
  close(): void;
}

/** An access token that lives longer is a password. */
const LIFETIME_SECONDS_MAX = 86_400;
const VERIFIED_MAX = 20_000;

interface Trusted {
  tenantId: string;
  audience: string;
  spec: ForeignIssuerSpec;
  keys: IssuerKeys;
}

interface Verified {
  principal: Principal;
  expiresAt: number;
  confirmation: Confirmation | undefined;
  key: PublicKey;
  /** What it was verified for: another object means that the API was changed since. */
  trusted: Trusted;
}

export function createGatewayTokens(deps: ForeignTokensDeps): GatewayTokens {
  const cache = new RecentCache<Verified>(VERIFIED_MAX);
  let byAudience = readTrusted(deps, new Map());
  const stop = deps.apis.onChange(() => {
    byAudience = readTrusted(deps, byAudience);
  });

  function verifyForeign(
    text: string,
    trusted: readonly Trusted[],
    expected: ExpectedAnywhere,
    now: number,
  ): Verification | Promise<Verification> | undefined {
    const jwt = readForeignJwt(text);
    const named = jwt && trusted.find(({ spec }) => spec.issuer === jwt.payload.iss);
    if (jwt === undefined || named === undefined) return undefined;
    const problem = claimsProblem(named, jwt, now);
    if (problem !== undefined) return problem;
    const kid = typeof jwt.header.kid === 'string' ? jwt.header.kid : undefined;
    const signer = signerOf(jwt, named.keys.atHand(now), deps.algs);
    if (signer !== undefined) return accept(text, named, jwt, signer, expected);
    // A key that is at hand and does not fit is no reason to ask for others.
    return named.keys.refresh(kid).then((keys) => {
      const found = signerOf(jwt, keys, deps.algs);
      return found === undefined
        ? refuse('bad_signature', 'No key of its issuer verifies the signature of the access token.')
        : accept(text, named, jwt, found, expected);
    });
  }

  function accept(
    text: string,
    trusted: Trusted,
    { payload }: ForeignJwt,
    key: PublicKey,
    expected: ExpectedAnywhere,
  ): Verification {
    const principal = foreignPrincipal(trusted.spec, trusted.tenantId, payload, text);
    if (typeof principal === 'string') return refuse('malformed', `The access token can't be used: ${principal}.`);
    const confirmation = readConfirmation(payload.cnf);
    // Bound to something that we can't check: that it is held can't be known.
    if (payload.cnf !== undefined && confirmation === undefined) return WRONG_SENDER;
    const verified = { principal, expiresAt: Number(payload.exp) * 1000, confirmation, key, trusted };
    cache.set(cacheKey(text, trusted), verified);
    return held(verified, expected);
  }

  return {
    verifyAccessToken(text, expected, now) {
      const trusted = byAudience.get(expected.audience)?.filter((each) => isOf(each, expected));
      if (trusted === undefined || trusted.length === 0) return deps.own.verifyAccessToken(text, expected, now);
      for (const each of trusted) {
        const known = cache.get(cacheKey(text, each));
        if (known === undefined || known.trusted !== each) continue;
        if (known.expiresAt <= now) return EXPIRED;
        // Taken out of the set, or not believed any more: it is verified anew.
        if (each.keys.atHand(now).some((key) => sameKey(key, known.key))) return held(known, expected);
      }
      return verifyForeign(text, trusted, expected, now) ?? deps.own.verifyAccessToken(text, expected, now);
    },
    close: stop,
  };
}

function isOf({ tenantId }: Trusted, expected: ExpectedAnywhere): boolean {
  return expected.tenantId === undefined || expected.tenantId === tenantId;
}

/** One token may be good for two APIs that trust its issuer in different ways. */
function cacheKey(text: string, { tenantId, audience }: Trusted): string {
  return `${tenantId} ${audience} ${text}`;
}

function sameKey(left: PublicKey, right: PublicKey): boolean {
  return left === right || left.key.equals(right.key);
}

function held({ principal, confirmation }: Verified, expected: ExpectedAnywhere): Verification {
  const shown = expected.confirmation;
  const fits = (confirmation === undefined && shown === undefined) || isHeldBy(confirmation, shown);
  return fits ? { ok: true, principal } : { ...WRONG_SENDER, former: principal };
}

/** Everything that needs no key, before one is asked for. */
function claimsProblem({ spec, audience }: Trusted, { header, payload }: ForeignJwt, now: number) {
  const { typ = 'JWT' } = header;
  // RFC 7515 §4.1.9: the prefix may be left out. What is no text is no type.
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '';
  if (!spec.types.some((each) => each.toLowerCase() === type)) {
    return refuse('wrong_type', 'The token is a JWT, but not an access token (typ).');
  }
  // OpenID Connect Core §2: only ID tokens have these, and an ID token is for an application and not for an API.
  if (ID_TOKEN_CLAIMS.some((claim) => claim in payload)) return refuse('wrong_type', 'The token is an ID token.');
  const aud: unknown[] = Array.isArray(payload.aud) ? payload.aud : [payload.aud];
  if (!(spec.audiences ?? [audience]).some((each) => aud.includes(each))) {
    return refuse('wrong_audience', 'The access token is for another API (aud).');
  }
  if (typeof payload.exp === 'number' && payload.exp * 1000 <= now) return EXPIRED;
  const time = timeProblem(payload, now, LIFETIME_SECONDS_MAX);
  if (time !== undefined) return refuse('malformed', `The access token can't be used: ${time}.`);
  const rule = { issuer: spec.issuer, audience: '*', claims: spec.conditions };
  const failed = matchConditions(rule, payload).find(({ claim, matches }) => claim !== 'aud' && !matches);
  return failed && refuse('unknown', `The access token is not one of those that count here (${failed.claim}).`);
}

const ID_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash'];
const EXPIRED = refuse('expired', 'The access token has expired. Get a new one.');
const WRONG_SENDER = refuse('wrong_sender', 'The access token is bound to a key or certificate that was not proved.');

function refuse(reason: VerificationFailure, description: string) {
  return { ok: false as const, reason, description };
}

/** By audience of the API. What did not change goes on with the keys it has; what is new is asked for its keys at once. */
function readTrusted(deps: ForeignTokensDeps, before: ReadonlyMap<string, readonly Trusted[]>): Map<string, Trusted[]> {
  const found = new Map<string, Trusted[]>();
  for (const tenantId of deps.apis.tenants()) {
    for (const { spec: api } of deps.apis.all(tenantId)) {
      for (const spec of api.issuers ?? []) {
        // Ourselves as somebody else: what we revoke would go on being good.
        if (deps.issuers.tenantOf(spec.issuer) !== undefined) continue;
        const known = before.get(api.audience)?.find((each) => each.spec === spec && each.tenantId === tenantId);
        const trusted = known ?? { tenantId, audience: api.audience, spec, keys: new IssuerKeys(deps, spec) };
        if (known === undefined) void trusted.keys.refresh(undefined);
        const list = found.get(api.audience) ?? [];
        list.push(trusted);
        found.set(api.audience, list);
      }
    }
  }
  return found;
}

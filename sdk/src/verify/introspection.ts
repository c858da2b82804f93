import { basicAuthorization } from '../net/client-authentication.ts';
import { type Fetch, fetchJson } from '../net/fetch-json.ts';
import type { IssuerMetadata } from '../net/issuer-metadata.ts';
import type { Claims } from './auth.ts';
import { AuthError } from './auth-error.ts';
import { BoundedCache } from './bounded-cache.ts';
import { sha256 } from './digest.ts';
import { sealClaims } from './seal-claims.ts';

export interface Introspection {
  /** What the issuer says of a token or API key; undefined when it is no good. @throws {@link AuthError} `issuer_unavailable` */
  look(token: string, clientAddress?: string): Promise<Claims | undefined>;
  /** Forgets what was said of these API keys, or of everything, so that the next one asks anew. */
  forget(apiKeyIds?: readonly string[]): void;
}

export interface IntrospectionOptions {
  metadata: () => Promise<IssuerMetadata>;
  clientId: string;
  clientSecret: string;
  fetch: Fetch;
  now: () => number;
  /** How long an answer counts: so late a revocation is noticed without the feed. */
  cacheSeconds: number;
}

const ANSWERS_MAX = 10_000;
/** Apart from good answers, so that a flood of invented tokens does not push them out. */
const REFUSALS_MAX = 5_000;
const SETTLING_MILLISECONDS = 1_000;
const PENDING_MAX = 1_000;
/** What is longer is remembered by its hash: thousands of invented tokens must not fill the memory. */
const KEPT_LENGTH_MAX = 128;

/** RFC 7662, by the resource server's own credentials. One question at a time for each token. */
export function createIntrospection(options: IntrospectionOptions): Introspection {
  const { now, cacheSeconds } = options;
  const answers = new BoundedCache<string, { claims: Claims; askedAt: number; until: number }>(ANSWERS_MAX);
  const forgotten = new BoundedCache<unknown, number>(REFUSALS_MAX);
  const refusals = new BoundedCache<string, number>(REFUSALS_MAX);
  const pending = new Map<string, Promise<Claims | undefined>>();

  async function ask(token: string, clientAddress: string | undefined, key: string): Promise<Claims | undefined> {
    const askedAt = now();
    const claims = await introspect(options, token, clientAddress);
    const until = now() + cacheSeconds * 1000;
    if (claims === undefined) refusals.set(key, until);
    else answers.set(key, { claims, askedAt, until: Math.min(until, endOf(claims)) });
    return claims;
  }

  /** Said before the key changed, or while its issuer was still taking that in. */
  const isForgotten = ({ claims, askedAt }: { claims: Claims; askedAt: number }) =>
    askedAt < (forgotten.get(claims.api_key_id) ?? Number.NEGATIVE_INFINITY) + SETTLING_MILLISECONDS;

  return {
    async look(token, clientAddress) {
      // An API key may be bound to addresses: what is said of one address does not hold for another.
      const key = `${clientAddress ?? ''} ${token.length > KEPT_LENGTH_MAX ? await sha256(token) : token}`;
      const answer = answers.get(key);
      if (answer !== undefined && now() < answer.until && !isForgotten(answer)) return answer.claims;
      if (now() < (refusals.get(key) ?? 0)) return undefined;
      const running = pending.get(key);
      if (running !== undefined) return running;
      if (pending.size >= PENDING_MAX) throw new AuthError('issuer_unavailable');
      const asked = ask(token, clientAddress, key).finally(() => pending.delete(key));
      pending.set(key, asked);
      return asked;
    },
    forget(apiKeyIds) {
      if (apiKeyIds === undefined) answers.clear();
      for (const id of apiKeyIds ?? []) forgotten.set(id, now());
    },
  };
}

async function introspect(
  { metadata, clientId, clientSecret, fetch }: IntrospectionOptions,
  token: string,
  clientAddress: string | undefined,
): Promise<Claims | undefined> {
  try {
    const { introspection_endpoint: url } = await metadata();
    if (url === undefined) throw new TypeError('the issuer has no introspection endpoint');
    const init = {
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: basicAuthorization(clientId, clientSecret),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        token,
        ...(clientAddress === undefined ? {} : { client_address: clientAddress }),
      }).toString(),
    };
    const { status, body } = await fetchJson(url, { fetch, init });
    if (status !== 200) throw new TypeError(`introspection was answered with ${status} ${String(body.error ?? '')}`);
    return body.active === true && sealClaims(body) ? body : undefined;
  } catch (cause) {
    throw new AuthError('issuer_unavailable', { cause });
  }
}

const endOf = ({ exp }: Claims) => (typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY);

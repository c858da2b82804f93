import { importJWK, type JWK } from 'jose';
import { type Fetch, fetchJson, UnreachableError } from '../net/fetch-json.ts';
import { fits, isPublicJwk } from './signature-algorithms.ts';

/** One key of an issuer. The same object for as long as the issuer publishes the same key. */
export interface IssuerKey {
  readonly kid: string | undefined;
  readonly jwk: JWK;
}

export interface KeySet {
  /**
   * The key to verify with. Asks the issuer when it does not know the key, but not more often than the cool-down allows: a
   * flood of invented key ids makes one request.
   * @throws {@link UnreachableError} when no keys were ever heard of.
   */
  find(kid: string | undefined, alg: string): Promise<IssuerKey | undefined>;
  /** Does the issuer still publish it? Never waits; sees to it that the answer does not get old. */
  holds(key: IssuerKey): boolean;
}

export interface KeySetOptions {
  url: () => Promise<string>;
  fetch: Fetch;
  now: () => number;
}

const KEYS_MAX = 100;
/** How long keys are fresh when the issuer does not say, and the bounds on what it says. */
const FRESH_MILLISECONDS = { default: 300_000, min: 30_000, max: 3_600_000 };
/** So long after a successful request no unknown key id leads to another. */
const COOL_DOWN_MILLISECONDS = 30_000;
/** An issuer that restarts does not take its APIs down with it; one that is gone for longer is not believed for ever. */
const STALE_MILLISECONDS_MAX = 3_600_000;
const BACK_OFF_MILLISECONDS = { first: 500, max: 30_000 };

/** The keys of an issuer (RFC 7517 §5), fetched when needed, once for all who wait, renewed in the background. */
export function createKeySet({ url, fetch, now }: KeySetOptions): KeySet {
  let keys: readonly IssuerKey[] | undefined;
  let fetchedAt = 0;
  let freshUntil = 0;
  let failures = 0;
  let retryAt = 0;
  let lastError: unknown;
  let pending: Promise<void> | undefined;

  async function load(): Promise<void> {
    try {
      const { status, body, headers } = await fetchJson(await url(), { fetch });
      if (status !== 200) throw new UnreachableError(`The issuer's keys were answered with ${status}`);
      keys = readKeys(body.keys, keys ?? []);
      fetchedAt = now();
      freshUntil = fetchedAt + freshnessOf(headers);
      failures = 0;
      retryAt = 0;
    } catch (error) {
      lastError = error;
      retryAt = now() + Math.min(BACK_OFF_MILLISECONDS.first * 2 ** failures, BACK_OFF_MILLISECONDS.max);
      failures += 1;
    }
  }

  /** undefined: it is not time yet. */
  function reload(): Promise<void> | undefined {
    if (pending === undefined && now() < retryAt) return undefined;
    pending ??= load().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  function current(): readonly IssuerKey[] | undefined {
    if (keys === undefined || now() > freshUntil + STALE_MILLISECONDS_MAX) return undefined;
    if (now() >= freshUntil) reload();
    return keys;
  }

  return {
    async find(kid, alg) {
      if (current() === undefined) await reload();
      const usable = current();
      if (usable === undefined) throw lastError ?? new UnreachableError("The issuer's keys are not known");
      const found = choose(usable, kid, alg);
      if (found !== undefined || now() - fetchedAt < COOL_DOWN_MILLISECONDS) return found;
      await reload();
      return choose(current() ?? [], kid, alg);
    },
    holds: (key) => current()?.includes(key) === true,
  };
}

/** Without a key id only where there is no choice: trying one key after the other would let a caller make us work. */
function choose(keys: readonly IssuerKey[], kid: string | undefined, alg: string): IssuerKey | undefined {
  const fitting = keys.filter((key) => (kid === undefined || key.kid === kid) && fits(key.jwk, alg));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** What can not be a key for signatures is left out, as RFC 7517 §5 asks; the others are kept. */
function readKeys(value: unknown, known: readonly IssuerKey[]): IssuerKey[] {
  if (!Array.isArray(value) || value.length > KEYS_MAX) throw new UnreachableError("The issuer's keys are no key set");
  const same = new Map(known.map((key) => [JSON.stringify(key.jwk), key]));
  return value.filter(isJwk).map((jwk) => same.get(JSON.stringify(jwk)) ?? { kid: jwk.kid, jwk });
}

function isJwk(value: unknown): value is JWK {
  if (typeof value !== 'object' || value === null || !isPublicJwk(value)) return false;
  const { kty, kid, alg, use, key_ops }: Record<string, unknown> = { ...value };
  if (typeof kty !== 'string' || kty === 'oct') return false;
  if (key_ops !== undefined && !Array.isArray(key_ops)) return false;
  return [kid, alg, use].every((text) => text === undefined || typeof text === 'string');
}

function freshnessOf(headers: Headers): number {
  const told = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(headers.get('cache-control') ?? '')?.[1];
  const milliseconds = told === undefined ? FRESH_MILLISECONDS.default : Number(told) * 1000;
  return Math.min(Math.max(milliseconds, FRESH_MILLISECONDS.min), FRESH_MILLISECONDS.max);
}

const imported = new WeakMap<JWK, Map<string, Promise<CryptoKey | Uint8Array>>>();

/** Imported once for each algorithm: importing costs more than verifying. */
export function importKey({ jwk }: IssuerKey, alg: string): Promise<CryptoKey | Uint8Array> {
  const byAlg = imported.get(jwk) ?? new Map<string, Promise<CryptoKey | Uint8Array>>();
  imported.set(jwk, byAlg);
  const key = byAlg.get(alg) ?? importJWK(jwk, alg);
  byAlg.set(alg, key);
  return key;
}

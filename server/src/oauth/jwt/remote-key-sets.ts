import { type Clock, GatehouseError, type Logger, type SafeFetch } from '#base';
import { RecentCache } from '../tokens/recent-cache.ts';
import { type EncryptionAlg, type EncryptionKey, readUnknownEncryptionKey } from './encryption-key.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';

export interface RemoteKeySets {
  /** The keys at the address; fetched again when none of those at hand is called `kid`. Empty when it can't be read. */
  keysAt(url: string, kid: string | undefined): Promise<readonly PublicKey[]>;
  /** The first there that one can encrypt to, by this algorithm or any; fetched again when none of those at hand can. */
  encryptionKeyAt(url: string, alg: EncryptionAlg | undefined): Promise<EncryptionKey | undefined>;
}

export interface RemoteKeySetsDeps {
  fetch: SafeFetch;
  clock: Clock;
  log: Logger;
}

/** A key that was taken out of a set is still believed for so long. */
const FRESH_MILLISECONDS = 5 * 60_000;
/** While the address does not answer, what it said last is believed for so long. */
const STALE_MILLISECONDS = 60 * 60_000;
/** Between two tries at one address, whatever tokens name: strangers must not make us knock at somebody's door. */
const COOLDOWN_MILLISECONDS = 10_000;
const SETS_MAX = 1000;
const KEYS_MAX = 50;
const BODY_BYTES_MAX = 64 * 1024;
const TIMEOUT_MILLISECONDS = 5_000;

interface KeySet {
  keys: readonly PublicKey[];
  encryptionKeys: readonly EncryptionKey[];
  /** When these keys were read, and when reading them was tried last. Milliseconds. */
  readAt: number;
  triedAt: number;
  pending: Promise<void> | undefined;
}

/** Key sets of others, through the guarded fetch: remembered, fetched once for all who wait, bounded in every way. */
export function createRemoteKeySets({ fetch, clock, log }: RemoteKeySetsDeps): RemoteKeySets {
  const sets = new RecentCache<KeySet>(SETS_MAX);

  async function read(url: string, set: KeySet): Promise<void> {
    set.triedAt = clock.now();
    try {
      const keys = await fetchKeys(fetch, url);
      set.keys = keys.flatMap((jwk) => readPublicKey(jwk) ?? []);
      set.encryptionKeys = keys.flatMap((jwk) => readUnknownEncryptionKey(jwk) ?? []);
      set.readAt = clock.now();
    } catch (err) {
      log.warn({ err: err instanceof GatehouseError ? (err.cause ?? err) : err, url }, 'a key set could not be read');
      if (clock.now() - set.readAt > STALE_MILLISECONDS) [set.keys, set.encryptionKeys] = [[], []];
    } finally {
      set.pending = undefined;
    }
  }

  async function setAt(url: string, isMissing: (set: KeySet) => boolean): Promise<KeySet> {
    let set = sets.get(url);
    if (set === undefined) {
      set = { keys: [], encryptionKeys: [], readAt: -Infinity, triedAt: -Infinity, pending: undefined };
      sets.set(url, set);
    }
    const now = clock.now();
    const due = now - set.readAt > FRESH_MILLISECONDS || isMissing(set);
    if (set.pending === undefined && due && now - set.triedAt >= COOLDOWN_MILLISECONDS) set.pending = read(url, set);
    if (due) await set.pending;
    return set;
  }

  return {
    keysAt: async (url, kid) =>
      (await setAt(url, ({ keys }) => kid !== undefined && !keys.some((key) => key.kid === kid))).keys,
    async encryptionKeyAt(url, alg) {
      const first = (set: KeySet) => set.encryptionKeys.find((key) => alg === undefined || key.alg === alg);
      return first(await setAt(url, (set) => first(set) === undefined));
    },
  };
}

async function fetchKeys(fetch: SafeFetch, url: string): Promise<unknown[]> {
  const { status, body } = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    timeoutMs: TIMEOUT_MILLISECONDS,
    bodyBytesMax: BODY_BYTES_MAX,
  });
  if (status !== 200) throw new TypeError(`answered ${status}`);
  const document: unknown = JSON.parse(body.toString('utf8'));
  const keys = typeof document === 'object' && document !== null && 'keys' in document ? document.keys : undefined;
  if (!Array.isArray(keys)) throw new TypeError('holds no array of keys');
  return keys.slice(0, KEYS_MAX);
}

import { RecentCache } from '../tokens/recent-cache.ts';
import type { RemoteKeySetsDeps } from './remote-key-sets.ts';

const REMEMBERED_MILLISECONDS = 60 * 60_000;
const COOLDOWN_MILLISECONDS = 10_000;
const ISSUERS_MAX = 1000;
const BODY_BYTES_MAX = 64 * 1024;
const TIMEOUT_MILLISECONDS = 5_000;

interface Found {
  address: Promise<string | undefined>;
  at: number;
  known: boolean;
}

/** Where issuers keep their keys (OpenID Connect Discovery §4.3): asked once for all who wait, remembered for an hour. */
export function createIssuerKeySets({ fetch, clock, log }: RemoteKeySetsDeps) {
  const found = new RecentCache<Found>(ISSUERS_MAX);

  async function discover(issuer: string): Promise<string | undefined> {
    try {
      const { status, body } = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
        headers: { accept: 'application/json' },
        timeoutMs: TIMEOUT_MILLISECONDS,
        bodyBytesMax: BODY_BYTES_MAX,
      });
      const metadata = status === 200 ? JSON.parse(body.toString('utf8')) : undefined;
      // §4.3: the issuer in the document must be the one that was asked, or another one could speak for it.
      if (metadata?.issuer !== issuer || typeof metadata.jwks_uri !== 'string') {
        throw new TypeError(`answered ${status} without the issuer's own metadata`);
      }
      return metadata.jwks_uri;
    } catch (err) {
      log.warn({ err, issuer }, 'the metadata of a trusted issuer could not be read');
      return undefined;
    }
  }

  return function keySetOf(issuer: string): Promise<string | undefined> {
    const before = found.get(issuer);
    const now = clock.now();
    const lives = before?.known === true ? REMEMBERED_MILLISECONDS : COOLDOWN_MILLISECONDS;
    if (before !== undefined && now - before.at < lives) return before.address;
    const entry: Found = { address: discover(issuer), at: now, known: false };
    found.set(issuer, entry);
    void entry.address.then((address) => {
      entry.known = address !== undefined;
    });
    return entry.address;
  };
}

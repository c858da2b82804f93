import type { Clock, SafeFetch } from '#base';
import { oauthErrors } from '../errors.ts';
import { RecentCache } from '../tokens/recent-cache.ts';

/** Of an OpenID provider's metadata (OpenID Connect Discovery §3), what signing people in there needs. */
export interface ProviderMetadata {
  authorizationEndpoint: string;
  tokenEndpoint: string;
  jwksUri: string;
  revocationEndpoint: string | undefined;
  endSessionEndpoint: string | undefined;
  /** RFC 9207 §3: its answers always say whose they are. */
  saysIssuer: boolean;
}

export interface ProviderMetadataDeps {
  fetch: SafeFetch;
  clock: Clock;
}

export type ProviderMetadataReader = (issuer: string) => Promise<ProviderMetadata>;

const REMEMBERED_MILLISECONDS = 60 * 60_000;
const COOLDOWN_MILLISECONDS = 10_000;
const PROVIDERS_MAX = 1000;
const BODY_BYTES_MAX = 64 * 1024;
const TIMEOUT_MILLISECONDS = 5_000;

interface Found {
  metadata: Promise<ProviderMetadata>;
  at: number;
  failed: boolean;
}

/** Asked once for all who wait; remembered for an hour, a failure for ten seconds. @throws `provider_unavailable` */
export function createProviderMetadata({ fetch, clock }: ProviderMetadataDeps): ProviderMetadataReader {
  const found = new RecentCache<Found>(PROVIDERS_MAX);

  async function discover(issuer: string): Promise<ProviderMetadata> {
    const { status, body } = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
      headers: { accept: 'application/json' },
      timeoutMs: TIMEOUT_MILLISECONDS,
      bodyBytesMax: BODY_BYTES_MAX,
    });
    if (status !== 200) throw new TypeError(`its metadata answered ${status}`);
    return readMetadata(issuer, JSON.parse(body.toString('utf8')));
  }

  return (issuer) => {
    const before = found.get(issuer);
    const now = clock.now();
    const lives = before?.failed === true ? COOLDOWN_MILLISECONDS : REMEMBERED_MILLISECONDS;
    if (before !== undefined && now - before.at < lives) return before.metadata;
    const metadata = discover(issuer).catch((cause: unknown) => {
      entry.failed = true;
      throw oauthErrors.provider_unavailable({ cause });
    });
    const entry: Found = { metadata, at: now, failed: false };
    found.set(issuer, entry);
    return metadata;
  };
}

/** §4.3: the issuer in the document must be the one that was asked, or another one could speak for it. */
function readMetadata(issuer: string, document: unknown): ProviderMetadata {
  const metadata = typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
  if (metadata.issuer !== issuer) throw new TypeError('the metadata is of another issuer');
  const endpoint = (name: string) => readEndpoint(issuer, metadata[name]);
  const [authorizationEndpoint, tokenEndpoint, jwksUri] = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'].map(
    endpoint,
  );
  if (authorizationEndpoint === undefined || tokenEndpoint === undefined || jwksUri === undefined) {
    throw new TypeError('the metadata lacks an endpoint of the code flow');
  }
  return {
    ...{ authorizationEndpoint, tokenEndpoint, jwksUri },
    revocationEndpoint: endpoint('revocation_endpoint'),
    endSessionEndpoint: endpoint('end_session_endpoint'),
    saysIssuer: metadata.authorization_response_iss_parameter_supported === true,
  };
}

/** Where browsers are sent as well, which no guarded fetch looks at: never from https to plain http. */
function readEndpoint(issuer: string, value: unknown): string | undefined {
  const url = typeof value === 'string' && value.length <= 2048 ? URL.parse(value) : null;
  if (url === null || url.hash !== '' || url.username !== '' || url.password !== '') return undefined;
  const isPlain = url.protocol === 'http:' && issuer.startsWith('http:');
  return url.protocol === 'https:' || isPlain ? url.href : undefined;
}

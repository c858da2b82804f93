import { type Fetch, fetchJson, isSafeUrl, UnreachableError } from './fetch-json.ts';

/** What an issuer says of itself (RFC 8414 §2, OpenID Connect Discovery §3), as far as this package needs it. */
export interface IssuerMetadata {
  issuer: string;
  jwks_uri?: string;
  token_endpoint?: string;
  introspection_endpoint?: string;
  /** Gatehouse's feed of revoked tokens; other issuers have none. */
  gatehouse_revocations_endpoint?: string;
  /** For clients with a certificate (RFC 8705 §5), where the issuer has another address for them. */
  mtls_token_endpoint?: string;
}

const ENDPOINT_NAMES = [
  'jwks_uri',
  'token_endpoint',
  'introspection_endpoint',
  'gatehouse_revocations_endpoint',
  'mtls_token_endpoint',
] as const satisfies readonly (keyof IssuerMetadata)[];

/** Again after a while, so that an endpoint that moved is found without a restart. */
const FRESH_MILLISECONDS = 3_600_000;
/** After a failure nobody asks for so long: an issuer that is down is not hammered by every call. */
const COOL_DOWN_MILLISECONDS = 1_000;

/** Reads the metadata when it is first needed, once for all who wait. */
export function createIssuerMetadata(options: { issuer: string; fetch: Fetch; now: () => number }) {
  const { issuer, fetch, now } = options;
  let known: { metadata: IssuerMetadata; at: number } | undefined;
  let pending: Promise<IssuerMetadata> | undefined;
  let failure: { at: number; error: unknown } | undefined;

  return async (): Promise<IssuerMetadata> => {
    if (known !== undefined && now() - known.at < FRESH_MILLISECONDS) return known.metadata;
    if (failure !== undefined && now() - failure.at < COOL_DOWN_MILLISECONDS) {
      if (known !== undefined) return known.metadata;
      throw failure.error;
    }
    pending ??= readMetadata(issuer, fetch)
      .then((metadata) => {
        known = { metadata, at: now() };
        failure = undefined;
        return metadata;
      })
      .catch((error: unknown) => {
        failure = { at: now(), error };
        if (known !== undefined) return known.metadata;
        throw error;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
}

async function readMetadata(issuer: string, fetch: Fetch): Promise<IssuerMetadata> {
  for (const url of metadataUrls(issuer)) {
    const { status, body } = await fetchJson(url, { fetch });
    if (status === 404) continue;
    if (status !== 200) throw new UnreachableError(`${url} answered ${status}`);
    // RFC 8414 §3.3: exactly, or somebody else's document would name the keys.
    if (body.issuer !== issuer) throw new UnreachableError(`${url} is the document of another issuer`);
    const metadata: IssuerMetadata = { issuer };
    const { token_endpoint }: { token_endpoint?: unknown } = Object(body.mtls_endpoint_aliases);
    const named: Record<string, unknown> = { ...body, mtls_token_endpoint: token_endpoint };
    for (const name of ENDPOINT_NAMES) {
      const value = named[name];
      if (value === undefined) continue;
      if (!isSafeUrl(value)) throw new UnreachableError(`${url} names a ${name} that is neither https nor local`);
      metadata[name] = value;
    }
    return metadata;
  }
  throw new UnreachableError(`${issuer} has no metadata document`);
}

/** OpenID Connect appends its path, RFC 8414 §3.1 puts its own between host and path. */
function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

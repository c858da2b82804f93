import { AuthError } from './auth-error.ts';

/** As much of RFC 8414 §2 as a browser uses. */
export interface Metadata {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  revocation_endpoint?: string;
  end_session_endpoint?: string;
  authorization_response_iss_parameter_supported?: boolean;
}

/** OpenID Connect Discovery §4; for an OAuth server without it, RFC 8414 §3. */
export async function readMetadata(issuer: string): Promise<Metadata> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const places = [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
  for (const place of places) {
    const response = await fetch(place, { credentials: 'omit' }).catch((cause: unknown) => {
      throw new AuthError('network_error', undefined, cause);
    });
    if (response.status >= 500) throw new AuthError('server_error');
    if (!response.ok) continue;
    // What is no JSON is somebody's sign-in page for the network.
    const found: Partial<Metadata> = Object(await response.json().catch(() => undefined));
    // RFC 8414 §3.3: or one issuer could pass for another.
    if (found.issuer !== issuer || !found.authorization_endpoint || !found.token_endpoint) break;
    if (!ENDPOINTS.every((name) => found[name] === undefined || isAsSafe(found[name], issuer))) break;
    return found as Metadata;
  }
  throw new AuthError('metadata_invalid');
}

const ENDPOINTS = ['authorization_endpoint', 'token_endpoint', 'revocation_endpoint', 'end_session_endpoint'] as const;

/** Pages are led there and tokens sent: not to a `javascript:` address, which would run here, and not by a lesser protocol. */
function isAsSafe(address: unknown, issuer: string): boolean {
  try {
    return ['https:', new URL(issuer).protocol].includes(new URL(String(address)).protocol);
  } catch {
    return false;
  }
}

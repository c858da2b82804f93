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
    const found = (await response.json()) as Partial<Metadata>;
    // RFC 8414 §3.3: or one issuer could pass for another.
    if (found.issuer !== issuer || !found.authorization_endpoint || !found.token_endpoint) break;
    return found as Metadata;
  }
  throw new AuthError('metadata_invalid');
}

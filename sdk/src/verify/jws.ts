import { base64url } from 'jose';

export interface JwsHeader {
  alg: string;
  typ: string | undefined;
  kid: string | undefined;
  /** Only of DPoP proofs; nobody else looks at it. */
  jwk: unknown;
}

/** Far above any real token; below what makes parsing an attack. Node's own limit for all headers is 16 KiB. */
export const TOKEN_LENGTH_MAX = 16_384;
const JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Has it the form of a signed JWT? What has not may be an opaque token. */
export const looksLikeJwt = (text: string): boolean => text.length <= TOKEN_LENGTH_MAX && JWS.test(text);

/** The header, to choose a key by. `jku`, `x5u`, `x5c` and, outside of proofs, `jwk` are not read at all. */
export function readJwsHeader(text: string): JwsHeader | undefined {
  if (!looksLikeJwt(text)) return undefined;
  const header = parseJson(text.slice(0, text.indexOf('.')));
  if (header === undefined) return undefined;
  const { alg, typ, kid, crit, jwk } = header;
  // RFC 7515 §4.1.11: what is critical must be understood, and none of it is.
  if (typeof alg !== 'string' || crit !== undefined) return undefined;
  if ((typ !== undefined && typeof typ !== 'string') || (kid !== undefined && typeof kid !== 'string'))
    return undefined;
  return { alg, typ: typ?.toLowerCase().replace(/^application\//, ''), kid, jwk };
}

/** A base64url segment or its bytes as a JSON object. */
export function parseJson(segment: string | Uint8Array): Record<string, unknown> | undefined {
  try {
    const bytes = typeof segment === 'string' ? base64url.decode(segment) : segment;
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

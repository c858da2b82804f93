import { base64url } from 'jose';

/**
 * Proxies that end TLS and tell of the client's certificate: by the address of their connections, or a function that knows them.
 */
export type TrustedProxies = readonly string[] | ((address: string) => boolean);

/** A chain of one certificate of this size is no client's. */
const LENGTH_MAX = 16_384;
/** RFC 9440 §2.2: a byte sequence (RFC 8941 §3.3.5), in base64 between colons. */
const BYTES = /^:([A-Za-z0-9+/]+={0,2}):$/;

export interface CertificateSources {
  /** Of the connection: whoever is at its other end. */
  connection: () => Uint8Array | undefined;
  /** All values of `Client-Cert`. */
  told: () => readonly string[];
  /** Of the connection's other end. */
  address: string | undefined;
}

/**
 * The caller's certificate. On a connection of a trusted proxy it is what the proxy tells of (RFC 9440) and nothing else: the
 * connection's own is the proxy's. On any other connection the header is anybody's word, and not looked at.
 */
export function clientCertificate(
  { connection, told, address }: CertificateSources,
  trusted: TrustedProxies | undefined,
): Uint8Array | undefined {
  if (!isTrusted(trusted, address)) return connection();
  const [value, ...others] = told();
  if (value === undefined || others.length > 0 || value.length > LENGTH_MAX) return undefined;
  const base64 = BYTES.exec(value.trim())?.[1];
  if (base64 === undefined) return undefined;
  try {
    return base64url.decode(base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''));
  } catch {
    return undefined;
  }
}

function isTrusted(trusted: TrustedProxies | undefined, address: string | undefined): boolean {
  if (trusted === undefined || address === undefined) return false;
  // IPv4 on a socket of IPv6.
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return typeof trusted === 'function' ? trusted(plain) : trusted.includes(plain);
}

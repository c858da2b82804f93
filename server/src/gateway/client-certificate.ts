import { createHash } from 'node:crypto';
import { addressRanges } from '#base';
import type { RequestHead } from './exchange.ts';

/** Thumbprint (`x5t#S256`, RFC 8705 §3.1) of the certificate the caller proved to hold, when somebody we trust saw it. */
export type ClientCertificateReader = (head: RequestHead) => string | undefined;

/** RFC 9440 §2.1: a byte sequence of structured fields (RFC 8941 §3.3.5), at most 8 KiB of certificate. */
const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]{1,10924}={0,2}):$/;

/**
 * From the header `Client-Cert` (RFC 9440) of a proxy in `trustedProxies`, which ends TLS for us. From anyone else the
 * header says nothing. Asked only for tokens that are bound to a certificate: bearer tokens pay nothing for it.
 */
export function clientCertificateReader(trustedProxies: readonly string[]): ClientCertificateReader {
  if (trustedProxies.length === 0) return () => undefined;
  const isTrusted = addressRanges(trustedProxies);
  return ({ headers, remoteAddress }) => {
    if (!isTrusted(remoteAddress)) return undefined;
    let found: string | undefined;
    for (let index = 0; index < headers.length; index += 2) {
      if (headers[index] !== 'client-cert') continue;
      // Two: the caller's own beside the proxy's, and who tells which is which?
      if (found !== undefined) return undefined;
      found = headers[index + 1];
    }
    const der = BYTE_SEQUENCE.exec(found ?? '')?.[1];
    return der === undefined ? undefined : createHash('sha256').update(Buffer.from(der, 'base64')).digest('base64url');
  };
}

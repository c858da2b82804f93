import { createHash } from 'node:crypto';
import { addressRanges } from '#base';
import type { RequestHead } from './exchange.ts';
import type { PeerCertificate } from './peer-certificate.ts';

export interface ClientCertificateReader {
  /** `x5t#S256` (RFC 8705 §3.1) of the certificate the caller proved to hold, to us or to a proxy that we trust. */
  thumbprint(head: RequestHead): string | undefined;
  /**
   * The one by which he can be known: shown to us, issued by an authority we trust, not over. A proxy's own is nobody's
   * who calls through it.
   */
  identity(head: RequestHead, now: number): PeerCertificate | undefined;
}

/** RFC 9440 §2.1: a byte sequence of structured fields (RFC 8941 §3.3.5), at most 8 KiB of certificate. */
const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]{1,10924}={0,2}):$/;

/**
 * From our own handshake; or, where a proxy in `trustedProxies` ends TLS for us, from its header `Client-Cert` (RFC 9440),
 * which says nothing from anyone else. Asked only for tokens that are bound to a certificate, and on routes that take one
 * for a credential: others pay nothing for it.
 */
export function clientCertificateReader(trustedProxies: readonly string[]): ClientCertificateReader {
  const isTrusted = trustedProxies.length === 0 ? () => false : addressRanges(trustedProxies);
  return {
    thumbprint: (head) => (isTrusted(head.remoteAddress) ? thumbprintTold(head) : head.certificate?.thumbprint),
    identity({ certificate, remoteAddress }, now) {
      if (certificate === undefined || !certificate.trusted || certificate.name === '') return undefined;
      // A connection may outlive the certificate it was opened with.
      return certificate.notAfter <= now || isTrusted(remoteAddress) ? undefined : certificate;
    },
  };
}

function thumbprintTold({ headers }: RequestHead): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== 'client-cert') continue;
    // Two: the caller's own beside the proxy's, and who tells which is which?
    if (found !== undefined) return undefined;
    found = headers[index + 1];
  }
  const der = BYTE_SEQUENCE.exec(found ?? '')?.[1];
  return der === undefined ? undefined : createHash('sha256').update(Buffer.from(der, 'base64')).digest('base64url');
}

import { createHash } from 'node:crypto';
import { addressRanges } from '#base';
import type { RequestHead } from './exchange.ts';
import type { PeerCertificate } from './peer-certificate.ts';
import type { RevocationLists } from './tls/revocation-lists.ts';

export interface ClientCertificateReader {
  /** A proxy that tells of certificates hands on more than one (RFC 9440 §2.2): the caller's own may be among them. */
  isToldTwice(head: RequestHead): boolean;
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
 * From our own handshake; or, where a proxy in `clientCertificatesFrom` ends TLS for us, from its header `Client-Cert`
 * (RFC 9440), which says nothing from anyone else: another proxy hands on what its callers send. Asked only for tokens that are bound to a certificate, and on routes that take one
 * for a credential: others pay nothing for it.
 * @param revocations also for what proxies tell: they may have asked for a certificate and not looked at it.
 */
export function clientCertificateReader({
  trustedProxies,
  clientCertificatesFrom,
  revocations,
}: {
  trustedProxies?: readonly string[];
  clientCertificatesFrom?: readonly string[];
  revocations?: Pick<RevocationLists, 'standingOfDer'> | undefined;
}): ClientCertificateReader {
  const isTrusted = within(trustedProxies);
  const tells = within(clientCertificatesFrom);
  return {
    isToldTwice: (head) => tells(head.remoteAddress) && told(head).length > 1,
    thumbprint(head) {
      if (tells(head.remoteAddress)) return thumbprintTold(head, revocations);
      return isTrusted(head.remoteAddress) ? undefined : thumbprintShown(head.certificate);
    },
    identity({ certificate, remoteAddress }, now) {
      if (certificate === undefined || !certificate.trusted || certificate.name === '') return undefined;
      // A connection may outlive the certificate it was opened with.
      return certificate.notAfter <= now || isTrusted(remoteAddress) ? undefined : certificate;
    },
  };
}

function within(ranges: readonly string[] = []): (address: string) => boolean {
  return ranges.length === 0 ? () => false : addressRanges(ranges);
}

function told({ headers }: RequestHead): string[] {
  return headers.filter((_, index) => index % 2 === 1 && headers[index - 1] === 'client-cert');
}

function thumbprintShown(certificate: PeerCertificate | undefined): string | undefined {
  return certificate?.refusal === undefined ? certificate?.thumbprint : undefined;
}

function thumbprintTold(
  head: RequestHead,
  revocations: Pick<RevocationLists, 'standingOfDer'> | undefined,
): string | undefined {
  const [field = '', ...others] = told(head);
  const base64 = others.length > 0 ? undefined : BYTE_SEQUENCE.exec(field)?.[1];
  if (base64 === undefined) return undefined;
  const der = Buffer.from(base64, 'base64');
  const standing = revocations?.standingOfDer(der);
  if (standing === 'revoked' || standing === 'outdated') return undefined;
  return createHash('sha256').update(der).digest('base64url');
}

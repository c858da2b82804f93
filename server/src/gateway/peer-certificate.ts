import type { X509Certificate } from 'node:crypto';
import { createHash } from 'node:crypto';

/** The certificate that a caller proved to hold in the handshake with us. */
export interface PeerCertificate {
  /** `x5t#S256` (RFC 8705 §3.1). */
  readonly thumbprint: string;
  /** Issued by an authority that the listener trusts. Without it, the certificate proves a key and no name. */
  readonly trusted: boolean;
  /** Its holder: a SPIFFE ID or another URI, else a DNS name, else the subject. Printable and on one line. */
  readonly name: string;
  /** Milliseconds. */
  readonly notAfter: number;
  /** It counts for nothing, not even for the key in it: it is in its issuer's list of revoked ones, or that list is over. */
  readonly refusal?: 'revoked' | 'outdated' | undefined;
}

const NAME_LENGTH_MAX = 512;

export function peerCertificate(
  certificate: X509Certificate,
  verified: boolean,
  refusal?: PeerCertificate['refusal'],
): PeerCertificate {
  return {
    thumbprint: createHash('sha256').update(certificate.raw).digest('base64url'),
    trusted: verified && refusal === undefined,
    refusal,
    name: holderOf(certificate),
    notAfter: certificate.validToDate.getTime(),
  };
}

/**
 * A URI before a DNS name: it is what names a workload (SPIFFE X.509-SVID §2). Each with its kind in front, except a URI,
 * whose scheme tells it: a DNS name can't pass for a subject.
 */
function holderOf({ subjectAltName = '', subject }: X509Certificate): string {
  const entries = subjectAltName.split(', ');
  // Node puts a name that holds a separator into quotes: it is nobody's.
  const uris = entries.flatMap((entry) => /^URI:([a-z][a-z0-9+.-]*:[\x21\x23-\x2b\x2d-\x7e]+)$/.exec(entry)?.[1] ?? []);
  const names = entries.flatMap((entry) => /^DNS:([A-Za-z0-9._-]+)$/.exec(entry)?.[1]?.toLowerCase() ?? []);
  // Several could be read as any of them (SPIFFE X.509-SVID §2: exactly one).
  const [uri = ''] = uris;
  if (uris.length > 0) return uris.length === 1 && !OUR_KINDS.test(uri) ? whole(uri) : '';
  if (names[0] !== undefined) return whole(`dns:${names[0]}`);
  // Backslash and comma within a value are escaped already; of the rest each byte is told (RFC 4514 §2.4). Left out, one
  // person's name would be another's.
  const plain = subject?.replaceAll('\n', ',').replaceAll(/[^\x20-\x7e]/gu, inHexadecimal) ?? '';
  return plain === '' ? '' : whole(`x509:${plain}`);
}

/** What we put in front of what is no URI: a URI of this scheme would pass for one. */
const OUR_KINDS = /^(?:dns|x509):/;

/** The beginning of a name may be that of another: one that is too long is nobody's. */
function whole(name: string): string {
  return name.length <= NAME_LENGTH_MAX ? name : '';
}

function inHexadecimal(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

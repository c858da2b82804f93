import type { X509Certificate } from 'node:crypto';
import { type CertificateNames, certificateNames } from './certificate-names.ts';
import type { RevocationLists, Standing } from './revocation-lists.ts';

const PATH_LENGTH_MAX = 10;
/** The first that is true of one certificate is true of the path. */
const WORST_FIRST: readonly Standing[] = ['revoked', 'outdated', 'unlisted'];

/**
 * What the lists say of a certificate that was shown, and of those above it up to its root. Nothing is verified here, which
 * OpenSSL does in the handshake.
 * @param authorities Where neither they nor the caller show the way up, as after a resumed session, it is `unlisted`.
 */
export function standingOfPeer(
  shown: X509Certificate,
  lists: Pick<RevocationLists, 'standingOf'>,
  authorities: readonly CertificateNames[],
): Standing {
  let at = namesOf(shown);
  if (at === undefined) return 'revoked';
  const above = [...sentWith(shown), ...authorities];
  const found = new Set<Standing>();
  for (let length = 0; length < PATH_LENGTH_MAX && at !== undefined; length += 1) {
    found.add(lists.standingOf(at));
    const { issuer }: CertificateNames = at;
    at = above.find(({ subject }) => subject === issuer);
    if (at === undefined) found.add('unlisted');
    // A root is its own issuer, and nothing revokes it but being taken out of the bundle.
    else if (at.issuer === at.subject) at = undefined;
  }
  return WORST_FIRST.find((standing) => found.has(standing)) ?? 'good';
}

function* sentWith(shown: X509Certificate): Generator<CertificateNames, undefined> {
  let { issuerCertificate } = shown;
  for (let length = 0; length < PATH_LENGTH_MAX && issuerCertificate !== undefined; length += 1) {
    const names = namesOf(issuerCertificate);
    if (names !== undefined) yield names;
    ({ issuerCertificate } = issuerCertificate);
  }
}

function namesOf({ raw }: X509Certificate): CertificateNames | undefined {
  try {
    return certificateNames(raw);
  } catch {
    return undefined;
  }
}

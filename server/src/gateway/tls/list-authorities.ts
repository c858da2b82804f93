import { type KeyObject, X509Certificate } from 'node:crypto';
import { certificateNames } from './certificate-names.ts';
import { oneLine, readAuthorities } from './read-certificate.ts';

/** Whose lists of revoked certificates are taken, if it has signed them. */
export interface ListAuthority {
  /** In DER, as its lists name it. */
  readonly subject: string;
  /** For people to read. */
  readonly name: string;
  readonly key: KeyObject;
}

/** @throws `certificate_unusable`. */
export function readListAuthorities(path: string, now: number): readonly ListAuthority[] {
  return readAuthorities(path, now).map((pem) => {
    const { raw, subject, publicKey } = new X509Certificate(pem);
    return { subject: certificateNames(raw).subject, name: oneLine(subject), key: publicKey };
  });
}

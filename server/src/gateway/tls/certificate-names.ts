import { DER, derChildren, derContents, derWhole, expectDer, readDer } from './read-der.ts';

/** By what a certificate is found in a list, and its issuer's certificate in a bundle. Names in DER. */
export interface CertificateNames {
  readonly issuer: string;
  readonly serial: string;
  readonly subject: string;
}

/** @throws RangeError for what is no certificate. */
export function certificateNames(raw: Uint8Array): CertificateNames {
  const der = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const signed = expectDer([...derChildren(der, readDer(der, 0))][0], DER.sequence);
  const fields = [...derChildren(der, signed)];
  // RFC 5280 §4.1: the version, in [0], is left out of version 1.
  const [serial, , issuer, , subject] = fields[0]?.tag === DER.integer ? fields : fields.slice(1);
  return {
    serial: derContents(der, expectDer(serial, DER.integer)),
    issuer: derWhole(der, expectDer(issuer, DER.sequence)),
    subject: derWhole(der, expectDer(subject, DER.sequence)),
  };
}

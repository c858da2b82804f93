import { constants, type KeyObject, type VerifyKeyObjectInput, verify } from 'node:crypto';
import { DER, type DerValue, derChildren, expectDer, readDer } from './read-der.ts';

/** What an authority has signed of a list of revoked certificates, and how. */
export interface ListSignature {
  /** tbsCertList, byte by byte. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  /** The digest; `null` where the algorithm has one of its own. */
  readonly digest: string | null;
  readonly isPss: boolean;
}

type Algorithm = Pick<ListSignature, 'digest' | 'isPss'>;

/**
 * By the bytes of their identifiers: RFC 8017 appendix C, RFC 5758 §3.2, RFC 8410 §3, RFC 9881 §3. SHA-1 is left out: OpenSSL
 * takes no certificate with it any more, at the security level of our listeners.
 */
const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map([
  ['2a864886f70d01010b', { digest: 'sha256', isPss: false }],
  ['2a864886f70d01010c', { digest: 'sha384', isPss: false }],
  ['2a864886f70d01010d', { digest: 'sha512', isPss: false }],
  ['2a8648ce3d040302', { digest: 'sha256', isPss: false }],
  ['2a8648ce3d040303', { digest: 'sha384', isPss: false }],
  ['2a8648ce3d040304', { digest: 'sha512', isPss: false }],
  ['2b6570', { digest: null, isPss: false }],
  ['2b6571', { digest: null, isPss: false }],
  ['608648016503040311', { digest: null, isPss: false }],
  ['608648016503040312', { digest: null, isPss: false }],
  ['608648016503040313', { digest: null, isPss: false }],
]);
/** Its digest is among its parameters (RFC 4055 §3.1). */
const PSS = '2a864886f70d01010a';
const PSS_DIGESTS: ReadonlyMap<string, string> = new Map([
  ['608648016503040201', 'sha256'],
  ['608648016503040202', 'sha384'],
  ['608648016503040203', 'sha512'],
]);
const PSS_DIGEST_TAG = 0xa0;

/**
 * @param fields of CertificateList (RFC 5280 §5.1): what is signed, the algorithm, the signature.
 * @param algorithmWithin is what the signed part says of its algorithm, the same (§5.1.1.2).
 * @returns `undefined` for an algorithm that is not known here.
 * @throws RangeError for whatever is not well formed.
 */
export function readListSignature(
  der: Buffer,
  [signed, algorithm, signature]: readonly DerValue[],
  algorithmWithin: DerValue | undefined,
): ListSignature | undefined {
  const tbs = expectDer(signed, DER.sequence);
  const outer = expectDer(algorithm, DER.sequence);
  const within = expectDer(algorithmWithin, DER.sequence);
  const bits = expectDer(signature, DER.bitString);
  // The first byte of a bit string says how many bits of the last are not of it (X.690 §8.6.2): none, of a signature.
  const isTheSame = der.subarray(outer.from, outer.end).equals(der.subarray(within.from, within.end));
  if (!isTheSame || bits.end - bits.start < 2 || der.readUInt8(bits.start) !== 0) {
    throw new RangeError('the signature is malformed');
  }
  const known = algorithmOf(der, outer);
  if (known === undefined) return undefined;
  return { ...known, signed: der.subarray(tbs.from, tbs.end), signature: der.subarray(bits.start + 1, bits.end) };
}

/** Has the holder of this key made the list? */
export function isSignedBy({ signed, signature, digest, isPss }: ListSignature, key: KeyObject): boolean {
  const how: VerifyKeyObjectInput = isPss
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }
    : { key };
  try {
    return verify(digest, signed, how, signature);
  } catch {
    // A key of another kind than the algorithm's.
    return false;
  }
}

function algorithmOf(der: Buffer, algorithm: DerValue): Algorithm | undefined {
  const [oid, parameters] = derChildren(der, algorithm);
  const name = hex(der, expectDer(oid, DER.oid));
  if (name !== PSS) return ALGORITHMS.get(name);
  for (const parameter of derChildren(der, expectDer(parameters, DER.sequence))) {
    if (parameter.tag !== PSS_DIGEST_TAG) continue;
    const [digestOid] = derChildren(der, readDer(der, parameter.start, parameter.end));
    const digest = PSS_DIGESTS.get(hex(der, expectDer(digestOid, DER.oid)));
    return digest === undefined ? undefined : { digest, isPss: true };
  }
  return undefined;
}

function hex(der: Buffer, { start, end }: DerValue): string {
  return der.toString('hex', start, end);
}

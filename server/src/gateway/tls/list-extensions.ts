import { DER, type DerValue, derChildren, derContents, derWhole, expectDer, readDer } from './read-der.ts';

/** What the extensions of a list of revoked certificates say of it (RFC 5280 §5.2). */
export interface ListExtensions {
  /** It takes another list, or another reading, to know who is revoked by it. */
  readonly isPartial: boolean;
  /** §5.2.3: grows with each list of an issuer and a scope. Missing in lists of version 1. */
  readonly number: bigint | undefined;
  /** §5.2.5: for which certificates of its issuer it is, in DER. Empty: for all of them. */
  readonly scope: string;
}

/** RFC 5280 §5.2.3 to §5.2.5, as the bytes of their identifiers. */
const CRL_NUMBER = '\x55\x1d\x14';
const DELTA_INDICATOR = '\x55\x1d\x1b';
const ISSUING_DISTRIBUTION_POINT = '\x55\x1d\x1c';
/** Of the latter: some reasons only, certificates of others, attribute certificates. */
const PARTS_NOT_KNOWN = new Set([0x83, 0x84, 0x85]);
/** §5.2.3: issuers must not use longer ones. */
const NUMBER_BYTES_MAX = 20;

/** @throws RangeError for whatever is not well formed. */
export function readListExtensions(der: Buffer, tagged: DerValue | undefined): ListExtensions {
  let isPartial = false;
  let number: bigint | undefined;
  let scope = '';
  if (tagged === undefined) return { isPartial, number, scope };
  for (const extension of derChildren(der, readDer(der, tagged.start, tagged.end))) {
    const [oid, ...rest] = derChildren(der, extension);
    const name = derContents(der, expectDer(oid, DER.oid));
    const value = rest.at(-1);
    if (name === DELTA_INDICATOR) isPartial = true;
    if (value === undefined) continue;
    if (name === CRL_NUMBER) number = readNumber(der, readDer(der, value.start, value.end));
    if (name !== ISSUING_DISTRIBUTION_POINT) continue;
    const point = readDer(der, value.start, value.end);
    scope = derWhole(der, point);
    for (const part of derChildren(der, point)) isPartial ||= PARTS_NOT_KNOWN.has(part.tag);
  }
  return { isPartial, number, scope };
}

function readNumber(der: Buffer, value: DerValue): bigint {
  const { start, end } = expectDer(value, DER.integer);
  if (end === start || end - start > NUMBER_BYTES_MAX) throw new RangeError('the number of a list is malformed');
  return BigInt.asIntN((end - start) * 8, BigInt(`0x${der.toString('hex', start, end)}`));
}

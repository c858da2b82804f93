import type { KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { gatewayErrors } from '../errors.ts';
import type { Pieces } from './in-pieces.ts';
import type { ListAuthority } from './list-authorities.ts';
import { readListExtensions } from './list-extensions.ts';
import { isSignedBy, type ListSignature, readListSignature } from './list-signature.ts';
import { DER, type DerValue, derChildren, derContents, derTime, derWhole, expectDer, readDer } from './read-der.ts';

/** A list of revoked certificates (CRL, RFC 5280 §5). */
export interface RevocationList {
  readonly pem: string;
  /** The issuer's name in DER, byte by byte: RFC 5280 §5.1.2.3 has it written there as in the certificates. */
  readonly issuer: string;
  /** Serial numbers, as their bytes. */
  readonly serials: ReadonlySet<string>;
  /** Milliseconds: when it was made, and by when the next one is due. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** For which certificates of its issuer it is (RFC 5280 §5.2.5), in DER. Empty: for all. */
  readonly scope: string;
  /** RFC 5280 §5.2.3. Missing in lists of version 1. */
  readonly number: bigint | undefined;
  /** The authority's key that has verified it. Without: no authority of its name was named, and who signed it is unknown. */
  readonly signer: KeyObject | undefined;
}

/** Some 150,000 entries. Each certificate of the listener keeps them once more, within OpenSSL. */
const FILE_BYTES_MAX = 8 * 1024 * 1024;
const LISTS_MAX = 100;
/** What is read without a rest, which takes some ten milliseconds: entries, and bytes of a file. */
const PIECE_ENTRIES = 10_000;
export const PIECE_BYTES = 512 * 1024;
const PEM_LIST = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/g;
const BEGIN = '-----BEGIN ';

/**
 * Reads the lists of one or more authorities from a PEM file, and has them verified by those who should have signed them.
 * OpenSSL takes a list as a whole, which is the longest of the pieces.
 * @throws `certificate_unusable`, which names the file and the fault.
 */
export function* readRevocationLists(
  path: string,
  authorities: readonly ListAuthority[],
): Pieces<readonly RevocationList[]> {
  const text = readText(path);
  const found = [...text.matchAll(PEM_LIST)];
  if (found.length === 0) throw unusable(path, 'holds no list of revoked certificates in PEM (X509 CRL)');
  // What was cut off would be an authority without its list.
  if (text.split(BEGIN).length - 1 !== found.length) throw unusable(path, 'holds something else than whole lists');
  if (found.length > LISTS_MAX) throw unusable(path, `holds more than ${LISTS_MAX} lists`);
  const lists: RevocationList[] = [];
  for (const [pem, base64 = ''] of found) {
    if (text.length > PIECE_BYTES) yield;
    const { signature, ...list } = yield* readList(path, Buffer.from(base64, 'base64'));
    if (text.length > PIECE_BYTES) yield;
    const signer = signerOf(path, list.issuer, signature, authorities);
    if (text.length > PIECE_BYTES) yield;
    try {
      createSecureContext({ crl: pem });
    } catch {
      throw unusable(path, 'holds a list that is malformed');
    }
    lists.push({ ...list, pem, signer });
  }
  return lists;
}

function signerOf(
  path: string,
  issuer: string,
  signature: ListSignature | undefined,
  authorities: readonly ListAuthority[],
): KeyObject | undefined {
  const named = authorities.filter(({ subject }) => subject === issuer);
  const [first] = named;
  if (first === undefined) return undefined;
  if (signature === undefined) {
    throw unusable(
      path,
      `holds a list of ${first.name} with a signature of a kind that is not verified here, such as SHA-1`,
    );
  }
  // Several of one name: an authority that is changing its key.
  const signer = named.find(({ key }) => isSignedBy(signature, key));
  if (signer !== undefined) return signer.key;
  throw unusable(path, `holds a list of ${first.name} which bears the signature of somebody else`);
}

function* readList(
  path: string,
  der: Buffer,
): Pieces<Omit<RevocationList, 'pem' | 'signer'> & { signature: ListSignature | undefined }> {
  try {
    const parts = [...derChildren(der, expectDer(readDer(der, 0), DER.sequence))];
    const fields = [...derChildren(der, expectDer(parts[0], DER.sequence))];
    if (fields[0]?.tag === DER.integer) fields.shift();
    const [algorithm, issuer, made, due, ...rest] = fields;
    const thisUpdate = derTime(der, made);
    if (due === undefined || due.tag === DER.sequence || due.tag >= 0x80) {
      throw unusable(path, 'holds a list that does not say when the next one is due (nextUpdate)');
    }
    const revoked = rest.find(({ tag }) => tag === DER.sequence);
    const { isPartial, number, scope } = readListExtensions(
      der,
      rest.find(({ tag }) => tag === 0xa0),
    );
    if (isPartial) {
      throw unusable(path, 'holds a list of changes (delta CRL), or of some reasons or other issuers');
    }
    return {
      issuer: derWhole(der, expectDer(issuer, DER.sequence)),
      serials: revoked === undefined ? new Set() : yield* serialsIn(der, revoked),
      thisUpdate,
      nextUpdate: derTime(der, due),
      scope,
      number,
      signature: readListSignature(der, parts, algorithm),
    };
  } catch (error) {
    if (error instanceof RangeError) throw unusable(path, 'holds a list that is malformed');
    throw error;
  }
}

function* serialsIn(der: Buffer, revoked: DerValue): Pieces<Set<string>> {
  const serials = new Set<string>();
  for (const entry of derChildren(der, revoked)) {
    const serial = readDer(der, expectDer(entry, DER.sequence).start, entry.end);
    serials.add(derContents(der, expectDer(serial, DER.integer)));
    if (serials.size % PIECE_ENTRIES === 0) yield;
  }
  return serials;
}

function readText(path: string): string {
  try {
    if (statSync(path).size <= FILE_BYTES_MAX) return readFileSync(path, 'latin1');
  } catch (cause) {
    const { code = 'unreadable' } = cause as NodeJS.ErrnoException;
    throw unusable(path, `could not be read (${code})`);
  }
  throw unusable(path, `is larger than ${FILE_BYTES_MAX} bytes`);
}

function unusable(path: string, what: string) {
  return gatewayErrors.certificate_unusable({ message: `${path} ${what}.` });
}

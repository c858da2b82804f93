import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { gatewayErrors } from '../errors.ts';
import { DER, type DerValue, derChildren, derTime, expectDer, readDer } from './read-der.ts';

/** A list of revoked certificates (CRL, RFC 5280 §5). Its signature is for OpenSSL to verify, with the chain of a handshake. */
export interface RevocationList {
  readonly pem: string;
  /** The issuer's name in DER, byte by byte: RFC 5280 §5.1.2.3 has it written there as in the certificates. */
  readonly issuer: string;
  /** Serial numbers, as their bytes. */
  readonly serials: ReadonlySet<string>;
  /** Milliseconds: when it was made, and by when the next one is due. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
}

/** By what a certificate is found in a list, and its issuer's certificate in a bundle. Names in DER. */
export interface CertificateNames {
  readonly issuer: string;
  readonly serial: string;
  readonly subject: string;
}

/** Some 150,000 entries, a third of a second to read. Each certificate of the listener keeps them once more, within OpenSSL. */
const FILE_BYTES_MAX = 8 * 1024 * 1024;
const LISTS_MAX = 100;
const PEM_LIST = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/g;
const BEGIN = '-----BEGIN ';

/** RFC 5280 §5.2.4 and §5.2.5, as the bytes of their identifiers. */
const DELTA_INDICATOR = '\x55\x1d\x1b';
const ISSUING_DISTRIBUTION_POINT = '\x55\x1d\x1c';
/** Of the latter: some reasons only, certificates of others, attribute certificates. */
const PARTS_NOT_KNOWN = new Set([0x83, 0x84, 0x85]);

/**
 * Reads the lists of one or more authorities from a PEM file.
 * @throws `certificate_unusable`, which names the file and the fault.
 */
export function readRevocationLists(path: string): readonly RevocationList[] {
  const text = readText(path);
  const found = [...text.matchAll(PEM_LIST)];
  if (found.length === 0) throw unusable(path, 'holds no list of revoked certificates in PEM (X509 CRL)');
  // What was cut off would be an authority without its list.
  if (text.split(BEGIN).length - 1 !== found.length) throw unusable(path, 'holds something else than whole lists');
  if (found.length > LISTS_MAX) throw unusable(path, `holds more than ${LISTS_MAX} lists`);
  return found.map(([pem, base64 = '']) => {
    const list = readList(path, pem, Buffer.from(base64, 'base64'));
    try {
      createSecureContext({ crl: pem });
    } catch {
      throw unusable(path, 'holds a list that is malformed');
    }
    return list;
  });
}

/** @throws RangeError for what is no certificate. */
export function certificateNames(raw: Uint8Array): CertificateNames {
  const der = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const signed = expectDer([...derChildren(der, readDer(der, 0))][0], DER.sequence);
  const fields = [...derChildren(der, signed)];
  // RFC 5280 §4.1: the version, in [0], is left out of version 1.
  const [serial, , issuer, , subject] = fields[0]?.tag === DER.integer ? fields : fields.slice(1);
  return {
    serial: contents(der, expectDer(serial, DER.integer)),
    issuer: whole(der, expectDer(issuer, DER.sequence)),
    subject: whole(der, expectDer(subject, DER.sequence)),
  };
}

function readList(path: string, pem: string, der: Buffer): RevocationList {
  let list: RevocationList;
  let isOther = false;
  try {
    const outer = expectDer(readDer(der, 0), DER.sequence);
    const fields = [...derChildren(der, expectDer([...derChildren(der, outer)][0], DER.sequence))];
    if (fields[0]?.tag === DER.integer) fields.shift();
    const [, issuer, made, due, ...rest] = fields;
    const thisUpdate = derTime(der, made);
    if (due === undefined || due.tag === DER.sequence || due.tag >= 0x80) {
      throw unusable(path, 'holds a list that does not say when the next one is due (nextUpdate)');
    }
    const revoked = rest.find(({ tag }) => tag === DER.sequence);
    const extensions = rest.find(({ tag }) => tag === 0xa0);
    isOther = extensions !== undefined && isPartial(der, extensions);
    list = {
      pem,
      issuer: whole(der, expectDer(issuer, DER.sequence)),
      serials: revoked === undefined ? new Set() : serialsIn(der, revoked),
      thisUpdate,
      nextUpdate: derTime(der, due),
    };
  } catch (error) {
    if (error instanceof RangeError) throw unusable(path, 'holds a list that is malformed');
    throw error;
  }
  if (isOther) throw unusable(path, 'holds a list of changes (delta CRL), or of some reasons or other issuers');
  return list;
}

function serialsIn(der: Buffer, revoked: DerValue): Set<string> {
  const serials = new Set<string>();
  for (const entry of derChildren(der, revoked)) {
    serials.add(contents(der, expectDer(readDer(der, expectDer(entry, DER.sequence).start, entry.end), DER.integer)));
  }
  return serials;
}

/** Does it take another list, or another reading, to know who is revoked by it? */
function isPartial(der: Buffer, tagged: DerValue): boolean {
  for (const extension of derChildren(der, readDer(der, tagged.start, tagged.end))) {
    const [oid, ...rest] = derChildren(der, extension);
    const name = contents(der, expectDer(oid, DER.oid));
    if (name === DELTA_INDICATOR) return true;
    const value = rest.at(-1);
    if (name !== ISSUING_DISTRIBUTION_POINT || value === undefined) continue;
    for (const part of derChildren(der, readDer(der, value.start, value.end))) {
      if (PARTS_NOT_KNOWN.has(part.tag)) return true;
    }
  }
  return false;
}

function contents(der: Buffer, { start, end }: DerValue): string {
  return der.toString('latin1', start, end);
}

function whole(der: Buffer, { from, end }: DerValue): string {
  return der.toString('latin1', from, end);
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

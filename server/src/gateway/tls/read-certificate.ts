import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gatewayErrors } from '../errors.ts';

export interface CertificateFiles {
  /** PEM: the certificate, then those that lead to its authority. */
  readonly certificate: string;
  /** PEM, not encrypted. */
  readonly key: string;
}

/** A pair that can be served: what it is for, until when, and the PEM itself. Never logged. */
export interface LoadedCertificate {
  readonly files: CertificateFiles;
  readonly certificatePem: string;
  readonly keyPem: string;
  /** DNS names it speaks for, lower case; `*.example.com` as it stands in the certificate. */
  readonly names: readonly string[];
  /** Milliseconds. */
  readonly notAfter: number;
  /** SHA-256 of the certificate, in hexadecimal. */
  readonly fingerprint: string;
}

/** How a file is, to whoever looks after it. */
export interface CertificateStatus {
  readonly file: string;
  readonly names: readonly string[];
  /** Milliseconds. */
  readonly notAfter: number;
  /** What is wrong with the files as they lie there now; the pair that was good before goes on being served. */
  readonly problem: string | undefined;
  /** False for what is not shown to callers: with it over, they are still served. */
  readonly served?: boolean;
}

/** A certificate with its chain; what a file holds beyond that is a mistake to be told. */
const CERTIFICATES_MAX = 10;
const FILE_BYTES_MAX = 256 * 1024;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Reads a certificate and its key, and makes sure that they can be served before anybody is: that they belong together,
 * that the chain is in order, that it is neither over nor to come.
 * @throws `certificate_unusable`, which names files and faults and never holds what is in them.
 */
export function readCertificate(files: CertificateFiles, now: number): LoadedCertificate {
  const certificatePem = readPem(files.certificate);
  const keyPem = readPem(files.key);
  const [leaf, ...chain] = readChain(files.certificate, certificatePem);
  if (leaf === undefined) throw unusable(files.certificate, 'holds no certificate in PEM');
  if (!leaf.checkPrivateKey(readKey(files.key, keyPem))) {
    throw unusable(files.key, `is not the key of the certificate in ${files.certificate}`);
  }
  let below = leaf;
  for (const above of chain) {
    if (!below.checkIssued(above) || !below.verify(above.publicKey)) {
      throw unusable(files.certificate, 'holds a chain in which one certificate was not issued by the next');
    }
    below = above;
  }
  const notAfter = leaf.validToDate.getTime();
  if (leaf.validFromDate.getTime() > now) throw unusable(files.certificate, 'is not valid yet');
  if (notAfter <= now) throw unusable(files.certificate, `has expired at ${new Date(notAfter).toISOString()}`);
  return {
    files,
    certificatePem,
    keyPem,
    names: dnsNames(leaf.subjectAltName),
    notAfter,
    fingerprint: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/**
 * Reads the authorities whose client certificates are trusted.
 * @throws `certificate_unusable`.
 */
export function readAuthorities(path: string, now: number): readonly string[] {
  const authorities = readChain(path, readPem(path), 500);
  if (authorities.length === 0) throw unusable(path, 'holds no certificate in PEM');
  for (const authority of authorities) {
    if (!authority.ca)
      throw unusable(path, `holds a certificate that is no authority's (${oneLine(authority.subject)})`);
  }
  if (authorities.every((authority) => authority.validToDate.getTime() <= now)) {
    throw unusable(path, 'holds only authorities that have expired');
  }
  return authorities.map((authority) => authority.toString());
}

/**
 * Where lists of revoked certificates count, each authority's own certificate is looked up as well, up to a root.
 * @throws `certificate_unusable` for an authority whose issuer is not in the bundle.
 */
export function demandRoots(path: string, authorities: readonly string[]): void {
  const all = authorities.map((pem) => new X509Certificate(pem));
  const orphan = all.find((authority) => !all.some((above) => authority.checkIssued(above)));
  if (orphan === undefined) return;
  const name = oneLine(orphan.subject);
  throw unusable(
    path,
    `lacks the authority that issued ${name}; with revocationLists, put all of them up to the root there`,
  );
}

function readPem(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const { code = 'unreadable' } = cause as NodeJS.ErrnoException;
    throw unusable(path, `could not be read (${code})`);
  }
  if (bytes.length > FILE_BYTES_MAX) throw unusable(path, `is larger than ${FILE_BYTES_MAX} bytes`);
  return bytes.toString('utf8');
}

function readChain(path: string, pem: string, max = CERTIFICATES_MAX): X509Certificate[] {
  const texts = pem.match(PEM_CERTIFICATE) ?? [];
  if (texts.length > max) throw unusable(path, `holds more than ${max} certificates`);
  return texts.map((text) => {
    try {
      return new X509Certificate(text);
    } catch {
      throw unusable(path, 'holds a certificate that is malformed');
    }
  });
}

/** The cause is left out on purpose: what went wrong inside a key is nobody's to read. */
function readKey(path: string, pem: string): KeyObject {
  if (pem.includes('ENCRYPTED'))
    throw unusable(path, 'is encrypted; put the key there in the clear, readable by this user only');
  try {
    return createPrivateKey(pem);
  } catch {
    throw unusable(path, 'holds no private key in PEM');
  }
}

/** `DNS:a.example, DNS:*.b.example, IP Address:10.0.0.1`; a name in quotes is one that no host can have. */
function dnsNames(subjectAltName: string | undefined): string[] {
  const names: string[] = [];
  for (const entry of subjectAltName?.split(', ') ?? []) {
    const name = /^DNS:(?<name>(?:\*\.)?[A-Za-z0-9._-]+)$/.exec(entry)?.groups?.name;
    if (name !== undefined) names.push(name.toLowerCase());
  }
  return names;
}

/** Of names in certificates, which anybody may have written. */
export function oneLine(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
}

function unusable(path: string, what: string) {
  return gatewayErrors.certificate_unusable({ message: `${path} ${what}.` });
}

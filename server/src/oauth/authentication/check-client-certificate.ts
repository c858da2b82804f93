import { X509Certificate } from 'node:crypto';
import type { Clock } from '#base';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { certificateThumbprint } from '../jwt/public-key.ts';
import type { RemoteKeySets } from '../jwt/remote-key-sets.ts';
import { readSubjectNames } from '../jwt/subject-names.ts';
import { keysOf } from './client-keys.ts';

interface CertificateDeps {
  clock: Clock;
  remoteKeys: RemoteKeySets;
}

/**
 * `tls_client_auth` (RFC 8705 §2.1): a certificate of the authority that the client was registered with, for the one
 * name it was registered with. We verify the authority's signature ourselves: a proxy that asks for a certificate, and
 * does not care whose, can't open the door.
 */
export function checkCaCertificate({ clock }: CertificateDeps, client: Client, der: Uint8Array | undefined): undefined {
  const certificate = readCertificate(der, clock.now());
  const rule = client.spec.certificate;
  if (rule === undefined) throw refused('the client declares no certificate');
  const authority = new X509Certificate(rule.authority);
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) {
    throw refused('the certificate was not issued by the authority that the client declares');
  }
  const { authority: _, ...names } = rule;
  const shown = readSubjectNames(certificate);
  const matches = Object.entries(names).every(([kind, name]) => shown.get(kind)?.includes(String(name)) === true);
  if (!matches) throw refused('the certificate is for another name than the client declares');
}

/** `self_signed_tls_client_auth` (RFC 8705 §2.2): one of the certificates in the client's key set (`x5c`), exactly. */
export async function checkRegisteredCertificate(
  { clock, remoteKeys }: CertificateDeps,
  client: Client,
  der: Uint8Array | undefined,
): Promise<undefined> {
  const thumbprint = certificateThumbprint(readCertificate(der, clock.now()).raw);
  const keys = await keysOf(remoteKeys, client, undefined);
  if (!keys.some(({ certificate }) => certificate === thumbprint)) {
    throw refused('the certificate is not in the key set of the client');
  }
}

function readCertificate(der: Uint8Array | undefined, now: number): X509Certificate {
  if (der === undefined) throw refused('the connection has no client certificate');
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(der);
  } catch (cause) {
    throw oauthErrors.client_unauthenticated({ cause });
  }
  if (certificate.validFromDate.getTime() > now || certificate.validToDate.getTime() <= now) {
    throw refused('the certificate is not valid at this time');
  }
  return certificate;
}

function refused(reason: string) {
  return oauthErrors.client_unauthenticated({ cause: new Error(reason) });
}

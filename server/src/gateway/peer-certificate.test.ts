/** By which name the holder of a certificate is known: no two holders by one. */
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CertificateAuthority, certificateAuthority } from '#testing';
import { peerCertificate } from './peer-certificate.ts';

let ca: CertificateAuthority;
beforeAll(() => {
  ca = certificateAuthority('names');
});
afterAll(() => ca.close());

const LONG = `spiffe://example.org/${'a'.repeat(491)}`;

// OpenSSL's command takes each byte of a subject for a character: what is outside ASCII is two of them.
test.each<[string, string, string | undefined, string]>([
  ['one URI', '/CN=x', 'URI:spiffe://example.org/billing', 'spiffe://example.org/billing'],
  ['a URI before a DNS name', '/CN=x', 'DNS:b.example,URI:spiffe://example.org/b', 'spiffe://example.org/b'],
  ['two URIs', '/CN=x', 'URI:spiffe://example.org/a,URI:spiffe://example.org/b', ''],
  ['a URI that looks like a DNS name of ours', '/CN=x', 'URI:dns:billing.example', ''],
  ['a URI that looks like a subject of ours', '/CN=x', 'URI:x509:CN=admin', ''],
  ['a URI as long as may be', '/CN=x', `URI:${LONG}`, LONG],
  ['a URI that only begins like it', '/CN=x', `URI:${LONG}b`, ''],
  ['a DNS name', '/CN=x', 'DNS:Billing.Example', 'dns:billing.example'],
  ['a subject', '/CN=billing', undefined, 'x509:CN=billing'],
  ['a subject with a letter outside ASCII', '/CN=adm\u00e9in', undefined, 'x509:CN=adm\\C3\\83\\C2\\A9in'],
  ['a subject with one that nobody sees', '/CN=adm\u200bin', undefined, 'x509:CN=adm\\C3\\A2\\C2\\80\\C2\\8Bin'],
  ['a subject that is written like one of those', '/CN=adm\\\\C3in', undefined, 'x509:CN=adm\\\\C3in'],
  ['a subject of several parts', '/O=shop/CN=a', undefined, 'x509:O=shop,CN=a'],
  ['a part that looks like several', '/CN=a,O=shop', undefined, 'x509:CN=a\\,O=shop'],
])('%s', (_what, subject, san, name) => {
  const { cert } = ca.issue(subject, san === undefined ? {} : { san });
  expect(peerCertificate(new X509Certificate(cert), true)).toMatchObject({ name, trusted: true });
});

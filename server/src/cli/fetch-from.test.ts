/** Whose certificate a command takes for the instance's. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CertificateAuthority, certificateAuthority } from '#testing';
import { certificateFault, fetchFrom } from './fetch-from.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-fetch-'));
let authority: CertificateAuthority;
let server: Server;
let port: number;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  authority = certificateAuthority('own');
  const own = authority.issue('/CN=x', { san: 'DNS:localhost' });
  const other = authority.issue('/CN=x', { san: 'DNS:localhost,IP:127.0.0.1' });
  const files = { 'own.pem': own.cert, 'other.pem': other.cert, 'ca.pem': authority.pem, 'empty.pem': '' };
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  server = createServer(own, (_request, response) => void response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
  authority?.close();
  rmSync(folder, { recursive: true });
});

const ask = (host: string, trust: { certificate?: string; authorities?: string }) =>
  fetchFrom(trust, new URL(`https://${host}:${port}/`), {}).then((answer) => answer.text());

test('the very certificate, by whatever address; an authority, by the names it gave', async () => {
  expect(await ask('127.0.0.1', { certificate: at('own.pem') })).toBe('hello');
  expect(await ask('localhost', { authorities: at('ca.pem') })).toBe('hello');
});

/** OpenSSL has two words for it, and which it takes depends on the numbers of keys. */
const NO_WAY_TO_AN_AUTHORITY = /^UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT_LOCALLY)$/;

test.each<[string, string, Parameters<typeof ask>[1], string | RegExp]>([
  ['no authority', 'localhost', {}, NO_WAY_TO_AN_AUTHORITY],
  ['another of the same authority', 'localhost', { certificate: at('other.pem') }, NO_WAY_TO_AN_AUTHORITY],
  ['its authority where one certificate is meant', 'localhost', { certificate: at('ca.pem') }, 'ERR_TLS_CERT_OTHER'],
  ['another name', '127.0.0.1', { authorities: at('ca.pem') }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
])('refused: %s', async (_, host, trust, fault) => {
  const thrown = await ask(host, trust).catch((error: unknown) => error);
  expect(certificateFault(thrown)).toMatch(fault);
});

test('a file that is not there', async () => {
  await expect(ask('localhost', { authorities: at('none.pem') })).rejects.toMatchObject({ code: 'file_unreadable' });
});

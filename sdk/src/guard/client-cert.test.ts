/** Certificates that a proxy tells of (RFC 9440): believed from the proxy alone. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeIssuer, startIssuer } from '../verify/issuer.fixture.ts';
import { clientCertificate } from './client-cert.ts';
import { FRAMEWORKS, type Running } from './frameworks.fixture.ts';

const certificate = randomBytes(302);
const told = `:${certificate.toString('base64')}:`;
const own = new Uint8Array([1]);
const ask = (values: readonly string[], address: string | undefined, trusted = ['10.0.0.5']) =>
  clientCertificate({ connection: () => own, told: () => values, address }, trusted);

test.each<[name: string, values: readonly string[], address: string | undefined, expected: Uint8Array | undefined]>([
  ['the proxy', [told], '10.0.0.5', certificate],
  ['the proxy, on a socket of IPv6', [told], '::ffff:10.0.0.5', certificate],
  ['anybody else: the connection counts', [told], '10.0.0.6', own],
  ['an address that is not known', [told], undefined, own],
  ['the proxy, of nobody: its own certificate is not the caller’s', [], '10.0.0.5', undefined],
  ['the proxy, twice', [told, told], '10.0.0.5', undefined],
  ['the proxy, joined', [`${told}, ${told}`], '10.0.0.5', undefined],
  ['the proxy, without colons', [certificate.toString('base64')], '10.0.0.5', undefined],
  ['the proxy, as PEM', ['-----BEGIN CERTIFICATE-----'], '10.0.0.5', undefined],
  ['the proxy, too long', [`:${'A'.repeat(20_000)}:`], '10.0.0.5', undefined],
  ['the proxy, of a wrong length', [':AAAAA:'], '10.0.0.5', undefined],
])('told by %s', (_, values, address, expected) => {
  const found = ask(values, address);
  expect(found === undefined ? undefined : Buffer.from(found)).toEqual(expected && Buffer.from(expected));
});

test('nobody is believed unless it is said', () => {
  expect(clientCertificate({ connection: () => own, told: () => [told], address: '127.0.0.1' }, undefined)).toBe(own);
  const known = { connection: () => own, told: () => [told], address: '10.1.2.3' };
  expect(clientCertificate(known, (address) => address.startsWith('10.1.'))).toEqual(new Uint8Array(certificate));
});

const ON_NODE = FRAMEWORKS.filter(([name]) => name !== 'fetch');
describe.each(ON_NODE)('%s', (_, start) => {
  let issuer: FakeIssuer;
  const running: Running[] = [];
  beforeAll(async () => {
    issuer = await startIssuer();
    running.push(await start({ ...issuer.options, clientCertFrom: ['127.0.0.1'] }));
    running.push(await start({ ...issuer.options, clientCertFrom: ['10.0.0.5'] }));
  });
  afterAll(() => Promise.all(running.map((each) => each.close())));

  test('a bound token behind a proxy', async () => {
    const cnf = { 'x5t#S256': createHash('sha256').update(certificate).digest('base64url') };
    const authorization = `Bearer ${await issuer.sign({ cnf })}`;
    const statusOf = async (server: Running | undefined, headers: Record<string, string>) =>
      (await fetch(`${server?.url}/me`, { headers: { authorization, ...headers } })).status;
    const [trusting, strict] = running;
    expect(await statusOf(trusting, { 'client-cert': told })).toBe(200);
    expect(await statusOf(trusting, { 'client-cert': `:${randomBytes(302).toString('base64')}:` })).toBe(401);
    expect(await statusOf(trusting, {})).toBe(401);
    expect(await statusOf(strict, { 'client-cert': told })).toBe(401);
  });
});

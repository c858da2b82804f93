/** From an accepted socket to HTTP: PROXY header, handshake, certificates, and how many from one address. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#base';
import { type CertificateAuthority, certificateAuthority, type IssuedPair, testLogger } from '#testing';
import type { RequestHead } from '../exchange.ts';
import { openListenerTls } from '../tls/listener-tls.ts';
import { callRaw, openTransport, type UnderTestOptions } from './transport.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-listening-'));
const closing: (() => unknown)[] = [];
let ca: CertificateAuthority;
let others: CertificateAuthority;
const pairs: Record<'a' | 'b' | 'renewed' | 'client' | 'stranger', IssuedPair> = Object.create(null);

beforeAll(() => {
  ca = certificateAuthority('ours');
  others = certificateAuthority('others');
  pairs.a = ca.issue('/CN=a', { san: 'DNS:a.example' });
  pairs.b = ca.issue('/CN=b', { san: 'DNS:b.example' });
  pairs.renewed = ca.issue('/CN=renewed', { san: 'DNS:a.example' });
  pairs.client = ca.issue('/CN=client', { san: 'URI:spiffe://example.org/billing' });
  pairs.stranger = others.issue('/CN=stranger', { san: 'URI:spiffe://example.org/billing' });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => {
  ca.close();
  others.close();
  rmSync(folder, { recursive: true });
});

function write(name: string, { cert, key }: IssuedPair) {
  const files = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  writeFileSync(files.certificate, cert);
  writeFileSync(files.key, key);
  return files;
}

async function open(options: UnderTestOptions = {}) {
  const seen: RequestHead[] = [];
  const transport = await openTransport({
    decide(head, _forward, reply) {
      seen.push(head);
      return reply(200, 'hello');
    },
    ...options,
  });
  closing.push(() => transport.drain(200));
  return { ...transport, seen };
}

async function openSecure(more: { http2?: boolean; bundle?: string; options?: UnderTestOptions['options'] } = {}) {
  writeFileSync(join(folder, 'clients.pem'), more.bundle ?? ca.pem);
  const certificates = [write('a', pairs.a), write('b', pairs.b)];
  const secured = openListenerTls(
    { certificates, clientAuthorities: join(folder, 'clients.pem'), http2: more.http2 ?? false },
    { clock: systemClock, log: testLogger() },
  );
  closing.push(() => secured.certificates.close());
  return { ...(await open({ options: { tls: secured.tls, ...more.options } })), certificates: secured.certificates };
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';

/** Opens TLS, asks once, and tells how it went. */
function ask(
  port: number,
  options: ConnectionOptions = {},
  before?: { socket: Socket; header: string | Buffer },
): Promise<{ text: string; socket: TLSSocket; sessions: readonly Buffer[] }> {
  return new Promise((resolve, reject) => {
    before?.socket.write(before.header);
    const via = before === undefined ? { port, host: '127.0.0.1' } : { socket: before.socket };
    const socket = connectTls({ ...via, ca: ca.pem, servername: 'a.example', ...options });
    closing.push(() => socket.destroy());
    socket.once('secureConnect', () => socket.write(REQUEST));
    const sessions: Buffer[] = [];
    socket.on('session', (session) => void sessions.push(session));
    socket.once('data', (bytes: Buffer) => resolve({ text: bytes.toString('latin1'), socket, sessions }));
    socket.once('error', reject);
    socket.once('close', () => reject(new TypeError('closed')));
  });
}

const answered = (text: string) => text.startsWith('HTTP/1.1 200');

describe('a PROXY header', () => {
  const trusted = { proxyProtocolFrom: (address: string) => address === '127.0.0.1' };
  const V2 = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb007107c6336401c35001bb', 'hex');

  test.each<[string, string | Buffer, string]>([
    ['version 1', 'PROXY TCP4 203.0.113.7 198.51.100.1 5000 443\r\n', '203.0.113.7'],
    ['version 2', V2, '203.0.113.7'],
    ['of the proxy itself', 'PROXY UNKNOWN\r\n', '127.0.0.1'],
  ])('%s tells the address, on a plain connection and on one with TLS', async (_what, header, address) => {
    const plain = await open({ options: trusted });
    const whole = callRaw(plain.port, Buffer.concat([Buffer.from(header), Buffer.from(REQUEST + REQUEST)]));
    await whole.until((text) => text.split('hello').length === 3);
    const bytewise = callRaw(plain.port);
    for (const byte of Buffer.concat([Buffer.from(header), Buffer.from(REQUEST)]))
      bytewise.socket.write(Buffer.of(byte));
    await bytewise.until((text) => text.includes('hello'));
    expect(plain.seen.map((head) => head.remoteAddress)).toEqual([address, address, address]);
    whole.socket.destroy();
    bytewise.socket.destroy();
    const secure = await openSecure({ options: trusted });
    const socket = connect(secure.port, '127.0.0.1');
    expect(answered((await ask(0, {}, { socket, header })).text)).toBe(true);
    expect(secure.seen.map((head) => [head.remoteAddress, head.encrypted])).toEqual([[address, true]]);
  });

  test.each<[string, string]>([
    ['none', REQUEST],
    ['a wrong one', `PROXY TCP4 1.1.1.1 ::1 1 2\r\n${REQUEST}`],
    ['two', `PROXY UNKNOWN\r\nPROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n${REQUEST}`],
  ])('is demanded where it was agreed on: %s', async (what, bytes) => {
    const transport = await open({ options: trusted });
    const caller = callRaw(transport.port, bytes);
    await caller.closed;
    expect(transport.seen).toEqual([]);
    if (what === 'two') expect(caller.received()).toContain('HTTP/1.1 400');
    else expect(caller.received()).toBe('');
  });

  test('that does not come in time ends the connection', async () => {
    const transport = await open({ options: trusted, limits: { headMilliseconds: 50 } });
    await callRaw(transport.port, 'PROXY TCP4').closed;
    expect(transport.stats().connections).toBe(0);
  });

  test.each<[string, string | Buffer]>([
    ['version 1', `PROXY TCP4 203.0.113.7 198.51.100.1 5000 443\r\n${REQUEST}`],
    ['version 2', Buffer.concat([V2, Buffer.from(REQUEST)])],
  ])('is refused from anyone else: %s', async (_what, bytes) => {
    const transport = await open({ options: { proxyProtocolFrom: () => false } });
    const caller = callRaw(transport.port, bytes);
    await caller.closed;
    expect(caller.received()).toContain('HTTP/1.1 400');
    expect(transport.seen).toEqual([]);
  });
});

describe('the handshake', () => {
  test('shows the certificate of the name that is asked for', async () => {
    const { port } = await openSecure();
    const shown = async (servername: string) => {
      const { socket } = await ask(port, { servername, checkServerIdentity: () => undefined });
      return socket.getPeerCertificate().subject.CN;
    };
    expect([await shown('a.example'), await shown('b.example'), await shown('c.example')]).toEqual(['a', 'b', 'a']);
  });

  test.each<[string, ConnectionOptions]>([
    ['TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }],
    ['TLS 1.0', { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }],
    ['a cipher without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }],
    ['CBC', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' }],
    ['a protocol that is not spoken', { ALPNProtocols: ['spdy/3'] }],
  ])('refuses %s', async (_what, options) => {
    const { port, refusedConnections, seen } = await openSecure();
    await expect(ask(port, options)).rejects.toThrow();
    expect(refusedConnections()).toMatchObject({ handshake: 1 });
    expect(seen).toEqual([]);
  });

  test.each<[string, ConnectionOptions, string]>([
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }, 'TLSv1.2'],
    ['TLS 1.3', { ALPNProtocols: ['http/1.1'] }, 'TLSv1.3'],
    ['no ALPN at all', {}, 'TLSv1.3'],
  ])('takes %s', async (_what, options, version) => {
    const { text, socket } = await ask((await openSecure()).port, options);
    expect([answered(text), socket.getProtocol()]).toEqual([true, version]);
  });

  test('that is not finished in time, or is none, ends the connection', async () => {
    const { port, refusedConnections } = await openSecure();
    await callRaw(port, REQUEST).closed;
    expect(refusedConnections()).toMatchObject({ handshake: 1 });
    const short = await open({
      limits: { headMilliseconds: 50 },
      options: { tls: { options: { key: pairs.a.key, cert: pairs.a.cert } } },
    });
    await callRaw(short.port, Buffer.from('160301', 'hex')).closed;
    await callRaw(short.port).closed;
    expect(short.refusedConnections()).toMatchObject({ handshake: 2 });
  });

  test('uses a renewed certificate for new connections, and leaves the others in peace', async () => {
    const { port, certificates } = await openSecure();
    const before = await ask(port);
    write('a', pairs.renewed);
    certificates.check();
    certificates.check();
    const after = await ask(port);
    const unnamed = await ask(port, { servername: '', checkServerIdentity: () => undefined });
    const nameOf = ({ socket }: { socket: TLSSocket }) => socket.getPeerCertificate().subject.CN;
    expect([nameOf(before), nameOf(after), nameOf(unnamed)]).toEqual(['a', 'renewed', 'renewed']);
    const again = new Promise<string>((resolve) => before.socket.once('data', (bytes) => resolve(bytes.toString())));
    before.socket.write(REQUEST);
    expect(answered(await again)).toBe(true);
  });
});

describe('a client certificate', () => {
  const told = async (options: ConnectionOptions) => {
    const { port, seen } = await openSecure();
    await ask(port, options);
    const { thumbprint: _, notAfter: __, ...rest } = seen[0]?.certificate ?? { thumbprint: '', notAfter: 0 };
    return rest;
  };
  test('of a trusted authority names its holder', async () => {
    expect(await told({ ...pairs.client })).toEqual({ trusted: true, name: 'spiffe://example.org/billing' });
  });
  test('of another authority proves a key and no name', async () => {
    expect(await told({ ...pairs.stranger })).toMatchObject({ trusted: false });
  });
  test('is not demanded by the listener', async () => {
    expect(await told({})).toEqual({});
  });
  test('is seen again when a session is resumed', async () => {
    const { port, seen } = await openSecure();
    const first = await ask(port, { ...pairs.client, maxVersion: 'TLSv1.2' });
    const session = first.socket.getSession();
    const second = await ask(port, { ...pairs.client, maxVersion: 'TLSv1.2', ...(session && { session }) });
    expect(second.socket.isSessionReused()).toBe(true);
    expect(seen.map((head) => head.certificate?.trusted)).toEqual([true, true]);
  });
});

test('no more connections from one address than agreed, except from a proxy', async () => {
  const transport = await open({ limits: { connectionsPerAddressMax: 2 } });
  const [first, second] = [callRaw(transport.port, REQUEST), callRaw(transport.port, REQUEST)];
  await Promise.all([first.until((text) => text !== ''), second.until((text) => text !== '')]);
  await callRaw(transport.port, REQUEST).closed;
  expect(transport.refusedConnections()).toMatchObject({ address: 1 });
  first.socket.end();
  await first.closed;
  while (transport.stats().connections > 1) await new Promise((resolve) => setImmediate(resolve));
  expect(await callRaw(transport.port, REQUEST).until((text) => text.includes('hello'))).toContain('200');
  const proxied = await open({ limits: { connectionsPerAddressMax: 1 }, options: { isProxy: () => true } });
  const many = [1, 2, 3].map(() => callRaw(proxied.port, REQUEST));
  for (const caller of many) expect(await caller.until((text) => text.includes('hello'))).toContain('200');
  for (const caller of [...many, second]) caller.socket.destroy();
});

describe('a bundle with nothing but an authority between', () => {
  const unnamed = { servername: '', checkServerIdentity: () => undefined };

  test('vouches for who names the server and for who does not, after the files were exchanged too', async () => {
    const between = ca.subordinate('between');
    const client = between.issue('/CN=below', { san: 'DNS:below.example' });
    const { port, certificates, seen } = await openSecure({ bundle: between.pem });
    const trusted = async (options: ConnectionOptions) => {
      await ask(port, { ...options, ...client });
      return seen.at(-1)?.certificate?.trusted;
    };
    expect([await trusted({}), await trusted(unnamed)]).toEqual([true, true]);
    write('a', pairs.renewed);
    certificates.check();
    certificates.check();
    expect([await trusted({}), await trusted(unnamed)]).toEqual([true, true]);
    await ask(port, { ...unnamed, ...pairs.client });
    expect(seen.at(-1)?.certificate?.trusted).toBe(false);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: a session without a name is resumed', async (version) => {
    const between = ca.subordinate('between');
    const client = between.issue('/CN=below', { san: 'DNS:below.example' });
    const { port, seen } = await openSecure({ bundle: between.pem });
    const options = { ...unnamed, ...client, minVersion: version, maxVersion: version };
    const first = await ask(port, options);
    const session = first.sessions.at(-1);
    const second = await ask(port, { ...options, ...(session && { session }) });
    expect(second.socket.isSessionReused()).toBe(true);
    expect(seen.map((head) => head.certificate?.trusted)).toEqual([true, true]);
  });
});

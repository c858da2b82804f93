/** Proxies that ask over TLS, by HTTP and by gRPC, and prove who they are. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as openHttp2 } from 'node:http2';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createLogger } from '#base';
import { type CertificateAuthority, certificateAuthority, fixedClock, type IssuedPair } from '#testing';
import { KEY, openFixture } from '../gateway.fixture.ts';
import { extAuthzService, weatherQuestion } from './ext-authz-client.fixture.ts';
import type { CheckResponse } from './ext-authz-messages.ts';
import { type Beside, openBeside } from './open-beside.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-beside-'));
const at = (name: string) => join(folder, name);
const NOW = new Date(Date.now() + 60_000).toISOString();
const closers: (() => unknown)[] = [];
let authority: CertificateAuthority;
let proxies: CertificateAuthority;
let nginx: IssuedPair;
let other: IssuedPair;
let stranger: IssuedPair;
let next: IssuedPair;

beforeAll(() => {
  authority = certificateAuthority('own');
  proxies = certificateAuthority('proxies');
  const own = authority.issue('/CN=a', { san: 'DNS:localhost' });
  next = authority.issue('/CN=b', { san: 'DNS:localhost' });
  nginx = proxies.issue('/CN=nginx', { san: 'DNS:nginx.internal' });
  other = proxies.issue('/CN=other', { san: 'DNS:other.internal' });
  stranger = authority.issue('/CN=nginx', { san: 'DNS:nginx.internal' });
  for (const [name, text] of Object.entries({ 'a.pem': own.cert, 'a.key': own.key, 'proxies.pem': proxies.pem }))
    writeFileSync(at(name), text);
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
afterAll(() => {
  for (const made of [authority, proxies]) made.close();
  rmSync(folder, { recursive: true });
});

async function open(more: object = {}, revocationLists?: string, lines: string[] = []): Promise<Beside> {
  const { gateway } = openFixture({ trustedProxies: ['127.0.0.1'] });
  const deps = {
    clock: fixedClock(NOW),
    log: createLogger({ level: 'warn', destination: { write: (line) => void lines.push(line) } }),
  };
  const tls = { certificates: [{ certificate: at('a.pem'), key: at('a.key') }], http2: true, ...more };
  const beside = await openBeside(gateway, deps, {
    ...{ host: '127.0.0.1', port: 0, grpcPort: 0, trustedProxies: ['127.0.0.1'] },
    ...{ tls, revocationLists },
  });
  closers.push(() => beside.close(100));
  return beside;
}

const HEADERS = {
  'x-forwarded-method': 'GET',
  'x-forwarded-uri': '/weather/paris',
  'x-forwarded-host': 'api.test',
  'x-forwarded-proto': 'https',
  'x-forwarded-for': '203.0.113.9',
  'x-api-key': KEY,
};

/** The status, and whose certificate was shown; `refused` without an answer. */
function byHttp({ port }: Beside, pair?: IssuedPair, more: object = {}): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: 'localhost', port, path: '/forward-auth', ca: authority.pem, agent: false, ...pair };
    const sent = request({ ...options, headers: HEADERS, ...more }, (answer) => {
      const { subject } = (answer.socket as import('node:tls').TLSSocket).getPeerCertificate();
      answer.resume();
      resolve(`${answer.statusCode} ${subject.CN}`);
    });
    sent.on('error', () => resolve('refused'));
    sent.end();
  });
}

function byGrpc({ grpcPort }: Beside, pair?: IssuedPair): Promise<string> {
  const shown = pair === undefined ? [] : [Buffer.from(pair.key), Buffer.from(pair.cert)];
  const channel = credentials.createSsl(Buffer.from(authority.pem), ...shown);
  const client = new (extAuthzService())(`localhost:${grpcPort}`, channel);
  return new Promise((resolve) => {
    client.check?.(weatherQuestion(), { deadline: Date.now() + 2000 }, (error: Error | null, answer: CheckResponse) => {
      client.close();
      resolve(error === null ? String(answer.status.code) : 'refused');
    });
  });
}

test('encrypted; nobody is asked for a certificate where no authority is named', async () => {
  const beside = await open();
  expect([await byHttp(beside), await byGrpc(beside)]).toEqual(['200 a', '0']);
});

test.for<[who: string, pair: () => IssuedPair | undefined, expected: 'allowed' | 'refused', proxyNames?: string[]]>([
  ['a proxy of the authority', () => other, 'allowed'],
  ['a proxy by its name', () => nginx, 'allowed', ['dns:nginx.internal']],
  ['another of the authority', () => other, 'refused', ['dns:nginx.internal']],
  ['the name as another kind', () => nginx, 'refused', ['nginx.internal', 'x509:CN=nginx']],
  ['none', () => undefined, 'refused'],
  ['the name by another authority', () => stranger, 'refused', ['dns:nginx.internal']],
])('$0', async ([, pair, expected, proxyNames]) => {
  const beside = await open({ clientAuthorities: at('proxies.pem'), proxyNames });
  const answers = [await byHttp(beside, pair()), await byGrpc(beside, pair())];
  expect(answers).toEqual(expected === 'allowed' ? ['200 a', '0'] : ['refused', 'refused']);
});

test('a proxy whose certificate was revoked is not let in, and its connection is cut', async () => {
  writeFileSync(at('list.pem'), proxies.revocationList([nginx]));
  const lines: string[] = [];
  const beside = await open({ clientAuthorities: at('proxies.pem') }, at('list.pem'), lines);
  expect([await byHttp(beside, nginx), await byGrpc(beside, nginx)]).toEqual(['refused', 'refused']);
  expect([await byHttp(beside, other), await byGrpc(beside, other)]).toEqual(['200 a', '0']);
  const cut = [beside.port, Number(beside.grpcPort)].map((port) => {
    const session = openHttp2(`https://127.0.0.1:${port}`, { servername: 'localhost', ca: authority.pem, ...other });
    closers.push(() => session.destroy());
    session.on('error', () => undefined);
    const ready = new Promise((resolve) => session.once('remoteSettings', resolve));
    return { ready, closed: new Promise((resolve) => session.once('close', () => resolve('closed'))) };
  });
  await Promise.all(cut.map(({ ready }) => ready));
  writeFileSync(at('list.pem'), proxies.revocationList([nginx, other]));
  for (const set of [...beside.certificates, ...beside.certificates]) set.check();
  expect(lines.filter((line) => line.includes('a connection was cut'))).toHaveLength(2);
  expect(await Promise.all(cut.map(({ closed }) => closed))).toEqual(['closed', 'closed']);
});

test('the oldest version that is spoken', async () => {
  const beside = await open({ minimumVersion: '1.3' });
  expect(await byHttp(beside, undefined, { maxVersion: 'TLSv1.2' })).toBe('refused');
  expect(await byHttp(await open(), undefined, { maxVersion: 'TLSv1.2' })).toBe('200 a');
  expect(await byHttp(await open(), undefined, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' })).toBe('refused');
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'an authority that is taken out counts no more, nor do sessions of before: %s',
  async (version) => {
    writeFileSync(at('trusted.pem'), proxies.pem);
    const beside = await open({ clientAuthorities: at('trusted.pem') });
    const resume = (session?: Buffer) =>
      new Promise<{ session: Buffer | undefined; resumed: boolean; answered: boolean }>((resolve) => {
        let last: Buffer | undefined;
        let [answered, resumed] = [false, false];
        const socket = connect({
          ...{ host: '127.0.0.1', port: beside.port, servername: 'localhost', ca: authority.pem, ...other },
          ...{ minVersion: version, maxVersion: version, ...(session === undefined ? {} : { session }) },
        });
        socket.on('session', (ticket) => {
          last = ticket;
        });
        socket.on('data', () => {
          answered = true;
          socket.end();
        });
        socket.on('secureConnect', () => {
          resumed = socket.isSessionReused();
        });
        socket.on('error', () => undefined);
        socket.on('close', () => resolve({ session: last, resumed, answered }));
        socket.write('GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      });
    const first = await resume();
    expect([first.answered, first.session === undefined]).toEqual([true, false]);
    expect(await resume(first.session)).toMatchObject({ answered: true, resumed: true });
    writeFileSync(at('trusted.pem'), authority.pem);
    for (const set of beside.certificates) set.check();
    for (const set of beside.certificates) set.check();
    expect(await resume(first.session)).toMatchObject({ answered: false, resumed: false });
  },
);

test('a new certificate for the next handshake', async () => {
  const beside = await open();
  writeFileSync(at('a.pem'), next.cert);
  writeFileSync(at('a.key'), next.key);
  for (const set of beside.certificates) set.check();
  for (const set of beside.certificates) set.check();
  expect([await byHttp(beside), await byGrpc(beside)]).toEqual(['200 b', '0']);
});

test('a method that nobody knows is refused without 5xx, which Envoy may take for a yes', async () => {
  const beside = await open();
  const method = 'X'.repeat(40);
  expect(await byHttp(beside, undefined, { path: '/envoy/weather/paris', method })).toMatch(/^403 /);
});

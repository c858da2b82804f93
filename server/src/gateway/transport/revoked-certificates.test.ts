/** Revoked client certificates in real handshakes, on connections that stand, and in sessions that are resumed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as openHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLogger, systemClock } from '#base';
import { type CertificateAuthority, certificateAuthority, type IssuedPair } from '#testing';
import type { RequestHead } from '../exchange.ts';
import { openListenerTls } from '../tls/listener-tls.ts';
import { openRevocationLists } from '../tls/revocation-lists.ts';
import { openTransport } from './transport.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-revoked-'));
const at = (name: string) => join(folder, name);
const closing: (() => unknown)[] = [];
let ca: CertificateAuthority;
let other: CertificateAuthority;
let between: CertificateAuthority;
let server: IssuedPair;
let good: IssuedPair;
let bad: IssuedPair;
let foreign: IssuedPair;
/** Issued by an authority between, whose certificate is sent along. */
let below: IssuedPair;

beforeAll(() => {
  ca = certificateAuthority('ours');
  other = certificateAuthority('others');
  between = ca.subordinate('between');
  server = ca.issue('/CN=a', { san: 'DNS:a.example' });
  good = ca.issue('/CN=good', { san: 'DNS:good.example' });
  bad = ca.issue('/CN=bad', { san: 'DNS:bad.example' });
  foreign = other.issue('/CN=foreign');
  const leaf = between.issue('/CN=below', { san: 'DNS:below.example' });
  below = { ...leaf, cert: leaf.cert + between.pem };
  writeFileSync(at('a.pem'), server.cert);
  writeFileSync(at('a.key'), server.key);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => {
  ca.close();
  other.close();
  rmSync(folder, { recursive: true });
});

async function open(list: string, { bundle = ca.pem, onlyTrustedClients = false } = {}) {
  writeFileSync(at('list.pem'), list);
  writeFileSync(at('clients.pem'), bundle);
  const lines: string[] = [];
  const log = createLogger({ level: 'warn', destination: { write: (line: string) => void lines.push(line) } });
  const deps = { clock: systemClock, log };
  const revocations = openRevocationLists(at('list.pem'), deps);
  const secured = openListenerTls(
    {
      certificates: [{ certificate: at('a.pem'), key: at('a.key') }],
      ...{ clientAuthorities: at('clients.pem'), http2: true, onlyTrustedClients, revocations },
    },
    deps,
  );
  const seen: RequestHead[] = [];
  const transport = await openTransport({
    decide(head, _forward, reply) {
      seen.push(head);
      return reply(200, 'hello');
    },
    options: { tls: secured.tls, log },
  });
  closing.push(
    () => revocations.close(),
    () => secured.certificates.close(),
    () => transport.drain(200),
  );
  const replace = (text: string) => {
    writeFileSync(at('list.pem'), text);
    revocations.check();
    revocations.check();
  };
  return { ...transport, seen, replace, lines };
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';

/** Opens TLS and asks once. Without an answer, `closed`. */
function ask(port: number, options: ConnectionOptions): Promise<{ socket: TLSSocket; closed: boolean }> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', ca: ca.pem, servername: 'a.example', ...options });
    closing.push(() => socket.destroy());
    socket.once('secureConnect', () => socket.write(REQUEST));
    socket.once('data', () => resolve({ socket, closed: false }));
    socket.on('error', () => undefined);
    socket.once('close', () => resolve({ socket, closed: true }));
  });
}

/** Of the certificate of the last request: whether it names its holder, and why it does not. */
async function standing(options: Awaited<ReturnType<typeof open>>, pair: ConnectionOptions) {
  const { closed } = await ask(options.port, pair);
  const certificate = options.seen.at(-1)?.certificate;
  return closed ? 'closed' : `${certificate?.trusted} ${certificate?.refusal}`;
}

const OVER = { madeHours: -3, dueHours: -1 };

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: who shows', (version) => {
  test.each<[who: string, pair: () => IssuedPair, list: () => string, expected: string, bundle?: () => string]>([
    ['one that was revoked', () => bad, () => ca.revocationList([bad]), 'false revoked'],
    ['another one of its authority', () => good, () => ca.revocationList([bad]), 'true undefined'],
    ['one of a list that is over', () => good, () => ca.revocationList([], OVER), 'false outdated'],
    ['one of an authority without a list', () => good, () => other.revocationList([]), 'false undefined'],
    ['one of a list that another authority of the name signed', () => good, () => impostorList(), 'false undefined'],
    ['one that nobody vouches for', () => foreign, () => ca.revocationList([]), 'false undefined'],
    [
      'one by an authority between',
      () => below,
      () => ca.revocationList([]) + between.revocationList([]),
      'true undefined',
    ],
    [
      'the same, with that authority in the bundle',
      () => below,
      () => ca.revocationList([]) + between.revocationList([]),
      'true undefined',
      () => between.pem + ca.pem,
    ],
    ['one by an authority between without a list', () => below, () => ca.revocationList([]), 'false undefined'],
    [
      'one by an authority between that was revoked',
      () => below,
      () => ca.revocationList([{ cert: between.pem }]) + between.revocationList([]),
      'false revoked',
    ],
  ])('%s', async (_who, pair, list, expected, bundle) => {
    const listener = await open(list(), bundle === undefined ? {} : { bundle: bundle() });
    const protocol = { minVersion: version, maxVersion: version };
    expect(await standing(listener, { ...pair(), ...protocol })).toBe(expected);
    // Without a name the listener's first certificate is shown, by a context of its own.
    const unnamed = { servername: '', checkServerIdentity: () => undefined };
    expect(await standing(listener, { ...pair(), ...protocol, ...unnamed })).toBe(expected);
  });

  test('one where nobody else has business is not let in', async () => {
    const listener = await open(ca.revocationList([bad]), { onlyTrustedClients: true });
    const protocol = { minVersion: version, maxVersion: version };
    expect(await standing(listener, { ...good, ...protocol })).toBe('true undefined');
    expect(await standing(listener, { ...bad, ...protocol })).toBe('closed');
  });
});

test('what is wrong with a list is told once, and again when there is another', async () => {
  const listener = await open(impostorList());
  const told = () => listener.lines.filter((line) => line.includes('because of its list')).join('');
  expect(await standing(listener, foreign)).toBe('false undefined');
  expect(told()).toBe('');
  for (const _ of [1, 2]) expect(await standing(listener, good)).toBe('false undefined');
  expect(told().match(/CRL_SIGNATURE_FAILURE/g)).toHaveLength(1);
  listener.replace(other.revocationList([]));
  for (const _ of [1, 2]) expect(await standing(listener, good)).toBe('false undefined');
  expect(told().match(/UNABLE_TO_GET_CRL/g)).toHaveLength(1);
});

function impostorList(): string {
  const impostor = certificateAuthority('ours');
  closing.push(() => impostor.close());
  return impostor.revocationList([]);
}

const closedOf = (socket: TLSSocket) =>
  new Promise<string>((resolve) => {
    if (socket.closed) resolve('closed');
    socket.once('close', () => resolve('closed'));
  });

/** Asks again on the same connection. */
const again = (socket: TLSSocket) =>
  new Promise<string>((resolve) => {
    socket.once('data', () => resolve('answered'));
    socket.once('close', () => resolve('closed'));
    socket.write(REQUEST);
  });

describe('when the list changes', () => {
  test('connections of those in it are cut, others stand; coming back is of no use', async () => {
    const listener = await open(ca.revocationList([]));
    const [first, second, stranger, nobody] = await Promise.all(
      [bad, good, foreign, {}].map((pair) => ask(listener.port, pair)),
    );
    if (!first || !second || !stranger || !nobody) throw new TypeError('four were asked');
    expect(listener.seen.filter(({ certificate }) => certificate?.trusted === true)).toHaveLength(2);
    const cut = closedOf(first.socket);
    listener.replace(ca.revocationList([bad]));
    expect(await cut).toBe('closed');
    for (const { socket } of [second, stranger, nobody]) expect(await again(socket)).toBe('answered');
    expect(await standing(listener, bad)).toBe('false revoked');
    expect(await standing(listener, good)).toBe('true undefined');
    expect(listener.refusedConnections()).toMatchObject({ revoked: 1 });
  });

  test('over HTTP/2 too', async () => {
    const listener = await open(ca.revocationList([]));
    const options = { ca: ca.pem, servername: 'a.example' };
    const session = openHttp2(`https://127.0.0.1:${listener.port}`, { ...options, ...bad });
    closing.push(() => session.destroy());
    session.on('error', () => undefined);
    const status = new Promise((resolve) => {
      session.request({ ':path': '/' }).once('response', (headers) => resolve(headers[':status']));
    });
    expect([await status, session.alpnProtocol]).toEqual([200, 'h2']);
    const cut = new Promise((resolve) => session.once('close', () => resolve('closed')));
    listener.replace(ca.revocationList([bad]));
    expect(listener.refusedConnections()).toMatchObject({ revoked: 1 });
    expect(await cut).toBe('closed');
  });

  test.each<[what: string, list: () => string]>([
    ['leaves its authority out', () => other.revocationList([])],
    ['revokes the authority between', () => ca.revocationList([{ cert: between.pem }]) + between.revocationList([])],
    ['is over', () => ca.revocationList([], OVER) + between.revocationList([])],
  ])('connections that it can not answer for are cut: it %s', async (_what, list) => {
    const listener = await open(ca.revocationList([]) + between.revocationList([]));
    const { socket } = await ask(listener.port, below);
    expect(listener.seen[0]?.certificate?.trusted).toBe(true);
    const cut = closedOf(socket);
    listener.replace(list());
    expect(await cut).toBe('closed');
  });

  test('to something that can not be used, nothing changes', async () => {
    const listener = await open(ca.revocationList([bad]));
    const { socket } = await ask(listener.port, good);
    listener.replace(ca.revocationList([good]).slice(0, 150));
    expect(await again(socket)).toBe('answered');
    expect(await standing(listener, good)).toBe('true undefined');
    expect(await standing(listener, bad)).toBe('false revoked');
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('a session of before is not resumed: %s', async (version) => {
    const listener = await open(ca.revocationList([]));
    const protocol = { ...bad, minVersion: version, maxVersion: version };
    const { socket } = await ask(listener.port, protocol);
    const session = socket.getSession();
    const resumed = await ask(listener.port, { ...protocol, session });
    expect([resumed.socket.isSessionReused(), listener.seen.at(-1)?.certificate?.trusted]).toEqual([true, true]);
    listener.replace(ca.revocationList([bad]));
    const late = await ask(listener.port, { ...protocol, session });
    expect([late.socket.isSessionReused(), listener.seen.at(-1)?.certificate?.refusal]).toEqual([false, 'revoked']);
  });
});

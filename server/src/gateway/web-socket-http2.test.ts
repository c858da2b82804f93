/** WebSockets over HTTP/2 (RFC 8441): the same rules, limits and record as over HTTP/1.1, to an upstream of HTTP/1.1. */
import { createServer, type Server } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { fixedClock, testLogger } from '#testing';
import { type FixtureOptions, KEY, openFixture, principal, route } from './gateway.fixture.ts';
import { createSocketTransport } from './transport/socket-transport.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function open(spec: object = {}, more: FixtureOptions & { limits?: object } = {}) {
  const seen: Record<string, unknown>[] = [];
  const codes: number[] = [];
  const server = createServer((request, response) => {
    seen.push({ upgrade: 'none', plain: request.url });
    response.end('plain');
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/chat')
      return sockets.handleUpgrade(request, socket, head, (one) => sockets.emit('connection', one, request));
    seen.push({ plain: request.url });
    socket.end(
      `HTTP/1.1 ${request.url === '/gone' ? '404 No' : '200 Yes'}\r\nContent-Length: 5\r\nConnection: close\r\n\r\nplain`,
    );
  });
  sockets.on('connection', (socket, request) => {
    seen.push({ ...request.headers, url: request.url, version: request.httpVersion });
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('close', (code) => codes.push(code));
  });
  closing.push(() => sockets.close());
  const upstream = { url: `http://127.0.0.1:${await listen(server)}` };
  const shared = { authorize: { scopes: ['chat'] }, upstream };
  const routes = [
    route('chat', { match: { path: '/chat', methods: ['GET'] }, ...shared, webSocket: {}, ...spec }),
    route('plain', { match: { path: '/plain', methods: ['GET'] }, ...shared }),
    route('silent', { match: { path: '/silent', methods: ['GET'] }, ...shared, webSocket: {} }),
    route('gone', { match: { path: '/gone', methods: ['GET'] }, ...shared, webSocket: {} }),
  ];
  const credentials: NonNullable<FixtureOptions['credentials']> = { [KEY]: principal({ scopes: ['chat'] }) };
  const fixture = openFixture({ routes, credentials, ...more });
  const transport = createSocketTransport({
    ...{ handler: fixture.gateway.handler, errors: fixture.gateway.errors, clock: fixedClock(), log: testLogger() },
    limits: { tickMilliseconds: 10, ...more.limits },
    cleartextHttp2: true,
  });
  const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
  closing.push(() => transport.drain(200));
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  closing.push(() => session.destroy());
  await new Promise<void>((resolve) => session.once('remoteSettings', () => resolve()));
  return { ...fixture, transport, session, seen, codes };
}

const ASKED = { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat', 'sec-websocket-version': '13' };

interface Opened {
  stream: ClientHttp2Stream;
  status: number;
  headers: Record<string, unknown>;
  /** Everything that has come. */
  came(): Buffer;
  closed: Promise<number>;
}

function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders = {}, rude = false): Promise<Opened> {
  const stream = session.request({ ...ASKED, 'x-api-key': KEY, ...headers }, { endStream: false });
  const pieces: Buffer[] = [];
  stream.on('data', (bytes: Buffer) => pieces.push(bytes));
  stream.on('error', () => {});
  // As every client of WebSockets does; what becomes of one that does not is a test's.
  if (!rude) stream.on('end', () => stream.end());
  const closed = new Promise<number>((resolve) => stream.once('close', () => resolve(stream.rstCode ?? -1)));
  return new Promise((resolve) => {
    const answer = { stream, closed, came: () => Buffer.concat(pieces) };
    stream.on('response', (found) => resolve({ ...answer, status: found[':status'] ?? 0, headers: found }));
    void closed.then(() => resolve({ ...answer, status: 0, headers: {} }));
  });
}

/** A frame of a client: masked, with a mask of zeros. */
function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head =
    length < 126 ? [0x80 | length] : [0x80 | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((by) => (length >>> by) & 255)];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...head, 0, 0, 0, 0]), payload]);
}

test('is offered, and passes messages both ways; one record, as over HTTP/1.1', async () => {
  const { session, seen, codes, records } = await open();
  expect(session.remoteSettings.enableConnectProtocol).toBe(true);
  const { stream, status, headers, came, closed } = await ask(session, {
    ...{ 'sec-websocket-key': 'chosen by the caller', 'gatehouse-identity': 'forged' },
  });
  expect(status).toBe(200);
  for (const name of ['sec-websocket-accept', 'upgrade', 'connection']) expect(headers).not.toHaveProperty(name);
  expect(seen).toMatchObject([
    { url: '/chat', version: '1.1', upgrade: 'websocket', 'gatehouse-identity': expect.stringMatching(/^identity of/) },
  ]);
  expect(seen[0]).not.toHaveProperty('x-api-key');
  expect(seen[0]?.['sec-websocket-key']).toMatch(/^[\w+/]{22}==$/);
  stream.write(frame(1, Buffer.from('hello')));
  await expect.poll(() => came().toString('latin1')).toBe('\x81\x05hello');
  const large = Buffer.alloc(3_000_000, 'x');
  stream.write(frame(2, large));
  await expect.poll(() => came().length, { timeout: 5000 }).toBe(7 + 10 + large.length);
  stream.write(frame(8, Buffer.from([0x0f, 0xa0])));
  expect(await closed).toBe(0);
  await expect.poll(() => [codes, records.length]).toEqual([[4000], 1]);
  expect(records[0]).toMatchObject({ method: 'GET', path: '/chat', route: 'chat', status: 101, allowed: true });
});

test.for<[what: string, headers: OutgoingHttpHeaders, status: number, code?: string]>([
  ['no credential', { 'x-api-key': undefined }, 401, 'credential_missing'],
  ['a wrong credential', { 'x-api-key': 'gh_live_wrong' }, 401, 'credential_invalid'],
  ['a foreign page', { origin: 'https://evil.test' }, 403, 'web_socket_origin_refused'],
  ['another version', { 'sec-websocket-version': '8' }, 426, 'web_socket_refused'],
  ['no version', { 'sec-websocket-version': undefined }, 426, 'web_socket_refused'],
  ['a route without WebSockets', { ':path': '/plain' }, 400, 'web_socket_refused'],
  ['no route', { ':path': '/elsewhere' }, 404, 'route_not_found'],
  ['a path that is not canonical', { ':path': '/x/%2e%2e/chat%2f' }, 400, 'path_refused'],
  [
    'a service that answers 200 instead, which would be taken for a yes',
    { ':path': '/silent' },
    502,
    'upstream_broken',
  ],
  ['a service that refuses', { ':path': '/gone' }, 404],
  ['another protocol', { ':protocol': 'connect-udp' }, 501],
])('refused: %s', async ([, headers, status, code], { expect: expectHere }) => {
  const { session, records, seen } = await open();
  const answer = await ask(session, headers);
  answer.stream.end();
  await answer.closed;
  expectHere(answer.status).toBe(status);
  if (code !== undefined) expectHere(JSON.parse(answer.came().toString()).code).toBe(code);
  const sockets = seen.filter((request) => 'upgrade' in request);
  expectHere(sockets).toEqual([]);
  await expect.poll(() => records.map((record) => record.status)).toEqual(status === 501 ? [] : [status]);
});

test('the page of the route’s own origin, and of its cors', async () => {
  const { session } = await open({ cors: { origins: ['https://shop.test'] } });
  expect((await ask(session, { origin: 'https://shop.test' })).status).toBe(200);
  expect((await ask(session, { origin: `http://${session.originSet?.[0] ?? ''}` })).status).toBe(403);
});

test('both sides hear of the end, whoever begins it', async () => {
  const { session, transport, codes, records } = await open();
  const left = await ask(session);
  left.stream.end();
  expect(await left.closed).toBe(0);
  await expect.poll(() => codes).toEqual([1006]);
  const reset = await ask(session);
  reset.stream.close(8);
  await expect.poll(() => codes.length).toBe(2);
  const standing = await ask(session);
  const drained = transport.drain(2000);
  expect(await standing.closed).toBe(0);
  expect(standing.came()).toEqual(Buffer.from([0x88, 0x02, 0x03, 0xe9]));
  await drained;
  await expect.poll(() => [codes[2], records.length]).toEqual([1001, 3]);
});

test('a key that is revoked ends it', async () => {
  const { session, credentials, records } = await open();
  const { closed, came } = await ask(session);
  credentials[KEY] = 'revoked';
  expect(await closed).toBe(0);
  expect(came()).toEqual(Buffer.from([0x88, 0x02, 0x03, 0xf0]));
  await expect.poll(() => records).toMatchObject([{ status: 101, reason: 'credential_revoked' }]);
});

test('a caller who keeps his side open after the end does not keep the stream', async () => {
  const { session, codes, records } = await open({}, { limits: { lingerMilliseconds: 30 } });
  const { stream, closed, came } = await ask(session, {}, true);
  stream.write(frame(8, Buffer.from([0x03, 0xe8])));
  expect(await closed).toBe(0);
  expect(came()).toEqual(Buffer.from([0x88, 0x02, 0x03, 0xe8]));
  await expect.poll(() => [codes, records.length]).toEqual([[1000], 1]);
});

test.each([{ ':path': '/elsewhere' }, { ':path': '/gone' }])('nor after a refusal: %o', async (headers) => {
  const { session } = await open({}, { limits: { bodyIdleMilliseconds: 30 } });
  const { status, closed } = await ask(session, headers, true);
  expect([status, await closed]).toEqual([404, 0]);
});

test('what is sent before the answer is kept for the socket, and what follows the end is nobody’s', async () => {
  const { session, codes } = await open();
  const stream = session.request({ ...ASKED, 'x-api-key': KEY }, { endStream: false });
  const pieces: Buffer[] = [];
  stream.on('data', (bytes: Buffer) => pieces.push(bytes));
  stream.end(Buffer.concat([frame(1, Buffer.from('early')), frame(8, Buffer.from([0x03, 0xe8]))]));
  await new Promise((resolve) => stream.once('close', resolve));
  await expect.poll(() => codes).toEqual([1000]);
});

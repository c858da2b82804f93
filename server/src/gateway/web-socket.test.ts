/** WebSockets and streams through pipeline and sockets: who may open one, and what ends it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import type { AccessRecord } from '#audit';
import { fixedClock, testLogger } from '#testing';
import { type FixtureOptions, KEY, openFixture, principal, route } from './gateway.fixture.ts';
import { createSocketTransport } from './transport/socket-transport.ts';
import { callRaw } from './transport/transport.fixture.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** An upstream that echoes what comes by WebSocket, and streams events to a GET for as long as it is asked. */
async function openUpstream() {
  const upstreamCodes: number[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/chat') return void response.writeHead(200).end('no socket');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(() => response.write('data: tick\n\n'), 10);
    response.on('close', () => clearInterval(timer));
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('close', (code) => upstreamCodes.push(code));
  });
  closing.push(() => sockets.close());
  return { port: await listen(server), upstreamCodes };
}

async function open(spec: object = {}, more: FixtureOptions & { limits?: object } = {}) {
  const { port: upstreamPort, upstreamCodes } = await openUpstream();
  const credentials: NonNullable<FixtureOptions['credentials']> = { [KEY]: principal({ scopes: ['chat'] }) };
  const routes = [
    route('chat', {
      match: { path: '/chat', methods: ['GET'] },
      authorize: { scopes: ['chat'] },
      webSocket: {},
      upstream: { url: `http://127.0.0.1:${upstreamPort}` },
      ...spec,
    }),
    route('events', {
      match: { path: '/events', methods: ['GET'] },
      authorize: { scopes: ['chat'] },
      upstream: { url: `http://127.0.0.1:${upstreamPort}` },
      ...spec,
    }),
  ];
  const waiting: ((record: AccessRecord) => void)[] = [];
  const fixture = openFixture({ routes, credentials, ...more });
  const push = fixture.records.push.bind(fixture.records);
  fixture.records.push = (...records) => {
    for (const record of records) waiting.shift()?.(record);
    return push(...records);
  };
  const { gateway } = fixture;
  const transport = createSocketTransport({
    handler: gateway.handler,
    errors: gateway.errors,
    clock: fixedClock(),
    log: testLogger(),
    limits: { tickMilliseconds: 10, ...more.limits },
  });
  const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
  closing.push(() => transport.drain(200));
  const recorded = () => new Promise<AccessRecord>((resolve) => waiting.push(resolve));
  return { ...fixture, transport, port, upstreamCodes, recorded };
}

function socketTo(port: number, headers: Record<string, string> = { 'x-api-key': KEY }, path = '/chat') {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  closing.push(() => socket.terminate());
  return socket;
}

const opened = (socket: WebSocket) =>
  new Promise<number>((resolve) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('error', () => {});
  });
const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', resolve));

describe('a WebSocket', () => {
  test('passes messages of any size both ways, and leaves one record', async () => {
    const { port, recorded, upstreamCodes } = await open();
    const record = recorded();
    const socket = socketTo(port);
    expect(await opened(socket)).toBe(101);
    for (const size of [0, 1, 125, 126, 70_000, 3_000_000]) {
      const sent = Buffer.alloc(size, 'x');
      const answer = new Promise<Buffer>((resolve) => socket.once('message', (data) => resolve(data as Buffer)));
      socket.send(sent);
      expect((await answer).equals(sent)).toBe(true);
    }
    socket.close(4000);
    await closed(socket);
    const found = await record;
    expect(found).toMatchObject({
      status: 101,
      allowed: true,
      reason: 'allowed',
      credentialId: 'key_1',
      route: 'chat',
    });
    expect(found.bytesIn).toBeGreaterThan(3_070_000);
    expect(found.bytesOut).toBeGreaterThan(3_070_000);
    await expect.poll(() => upstreamCodes).toEqual([4000]);
  });

  test.each<[string, Record<string, string>, number, object?]>([
    ['without a credential', {}, 401],
    ['with an unknown one', { 'x-api-key': 'gh_live_other' }, 401],
    ['from a page of another origin', { 'x-api-key': KEY, origin: 'https://evil.example' }, 403],
    ['from a page without an origin of its own', { 'x-api-key': KEY, origin: 'null' }, 403],
    ['from a page of another port', { 'x-api-key': KEY, origin: 'http://127.0.0.1:1' }, 403],
    ['with a scope that is missing', { 'x-api-key': KEY }, 403, { authorize: { scopes: ['admin'] } }],
    ['where the route has none', { 'x-api-key': KEY }, 200, { webSocket: undefined }],
    [
      'from a page that the route allows',
      { 'x-api-key': KEY, origin: 'https://a.example' },
      101,
      { cors: { origins: ['https://a.example'] } },
    ],
  ])('%s: %#', async (_what, headers, status, spec = {}) => {
    const { port } = await open(spec);
    expect(await opened(socketTo(port, headers))).toBe(status);
  });

  const HANDSHAKE = `GET /chat HTTP/1.1\r\nHost: a\r\nX-API-Key: ${KEY}\r\n`;
  test('of another version hears which, and by which protocol (RFC 6455 §4.4, RFC 9110 §15.5.22)', async () => {
    const { port } = await open();
    const key = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
    const caller = callRaw(
      port,
      `${HANDSHAKE}Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n${key}\r\n`,
    );
    const answer = await caller.until((text) => text.includes('\r\n\r\n'));
    for (const line of ['sec-websocket-version: 13', 'upgrade: websocket', 'connection: upgrade'])
      expect(answer).toContain(`\r\n${line}\r\n`);
    caller.socket.destroy();
  });

  test.each<[string, string, string]>([
    ['no key', 'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n', '400'],
    [
      'a short key',
      'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n',
      '400',
    ],
    [
      'two keys',
      `Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n${'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'.repeat(2)}`,
      '400',
    ],
    [
      'no version',
      'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n',
      '426',
    ],
    [
      'another version',
      'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n',
      '426',
    ],
    ['Upgrade without Connection', 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n', '200'],
    ['another protocol', 'Connection: upgrade\r\nUpgrade: h2c\r\n', '200'],
    ['two protocols', 'Connection: upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n', '200'],
  ])('is not begun by %s', async (_what, lines, status) => {
    const { port } = await open();
    const caller = callRaw(port, `${HANDSHAKE}${lines}\r\n`);
    expect(await caller.until((text) => text.includes('\r\n\r\n'))).toContain(`HTTP/1.1 ${status}`);
    caller.socket.destroy();
  });
});

describe('what ends it', () => {
  const cases: [string, number, string, (world: Awaited<ReturnType<typeof open>>) => unknown, object?][] = [
    [
      'a revocation',
      1008,
      'credential_revoked',
      ({ credentials }) => void Object.assign(credentials, { [KEY]: 'revoked' }),
    ],
    [
      'a key set aside',
      1008,
      'credential_revoked',
      ({ credentials }) => void Object.assign(credentials, { [KEY]: 'quarantined' }),
    ],
    [
      'a route that goes',
      1008,
      'route_gone',
      ({ configuration, changed }) => {
        configuration.tenants = configuration.tenants.map((tenant) => ({ ...tenant, routes: [] }));
        changed();
      },
    ],
    ['the end of the process', 1001, 'allowed', ({ transport }) => void transport.drain(2000)],
  ];
  test.each(cases)('%s', async (_what, code, reason, act) => {
    const world = await open();
    const record = world.recorded();
    const socket = socketTo(world.port);
    await opened(socket);
    const ended = closed(socket);
    act(world);
    expect(await ended).toBe(code);
    expect(await record).toMatchObject({ status: 101, reason });
    await expect.poll(() => world.upstreamCodes).toEqual([code]);
  });

  test('a credential that expires, for a socket; a download may finish', async () => {
    const until = Date.parse('2026-01-01T00:01:00Z') / 1000;
    const credential = { type: 'access_token', id: 'jti', expiresAt: until } as const;
    const world = await open({}, { credentials: { [KEY]: principal({ scopes: ['chat'], credential }) } });
    const socket = socketTo(world.port);
    await opened(socket);
    const stream = callRaw(world.port, `GET /events HTTP/1.1\r\nHost: a\r\nX-API-Key: ${KEY}\r\n\r\n`);
    await stream.until((text) => text.includes('tick'));
    world.clock.advance(61_000);
    expect(await closed(socket)).toBe(1008);
    const before = stream.received().length;
    await stream.until((text) => text.length > before + 100);
    expect(stream.socket.destroyed).toBe(false);
    stream.socket.destroy();
  });
});

describe('an answer that streams', () => {
  test.each<[string, object, boolean]>([
    ['is cut when its credential is revoked', {}, true],
    ['goes on where the route says so', { whenRevoked: 'finish' }, false],
  ])('%s', async (_what, spec, cut) => {
    const world = await open(spec);
    const stream = callRaw(world.port, `GET /events HTTP/1.1\r\nHost: a\r\nX-API-Key: ${KEY}\r\n\r\n`);
    await stream.until((text) => text.includes('tick'));
    world.credentials[KEY] = 'revoked';
    if (cut) {
      const record = world.recorded();
      await stream.closed;
      expect(await record).toMatchObject({ status: 200, reason: 'credential_revoked' });
    } else {
      const before = stream.received().length;
      await stream.until((text) => text.length > before + 2500);
      expect(stream.socket.destroyed).toBe(false);
      stream.socket.destroy();
    }
  });
});

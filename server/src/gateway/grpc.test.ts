/** gRPC through pipeline and sockets, with a client and a server of the library that most use. */
import * as grpc from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { fixedClock, testLogger } from '#testing';
import { type FixtureOptions, KEY, openFixture, principal, route } from './gateway.fixture.ts';
import { createSocketTransport } from './transport/socket-transport.ts';
import { callRaw } from './transport/transport.fixture.ts';
import { upstreamSchema } from './upstreams/upstream-spec.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const bytes = { serialize: (value: Buffer) => value, deserialize: (value: Buffer) => value };
const method = (name: string, requestStream: boolean, responseStream: boolean) => ({
  path: `/test.Echo/${name}`,
  requestStream,
  responseStream,
  requestSerialize: bytes.serialize,
  requestDeserialize: bytes.deserialize,
  responseSerialize: bytes.serialize,
  responseDeserialize: bytes.deserialize,
});
const ECHO = {
  Unary: method('Unary', false, false),
  Down: method('Down', false, true),
  Up: method('Up', true, false),
  Both: method('Both', true, true),
  Fail: method('Fail', false, false),
  Hang: method('Hang', false, true),
};

async function openServer() {
  const server = new grpc.Server();
  const seen: grpc.Metadata[] = [];
  let cancelled = 0;
  const implementation: grpc.UntypedServiceImplementation = {
    Unary: (call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) => {
      seen.push(call.metadata);
      const trailer = new grpc.Metadata();
      trailer.set('x-trailer', 'yes');
      done(null, call.request, trailer);
    },
    Down: (call: grpc.ServerWritableStream<Buffer, Buffer>) => {
      for (let index = 0; index < 5; index += 1) call.write(Buffer.concat([call.request, Buffer.from(String(index))]));
      call.end();
    },
    Up: (call: grpc.ServerReadableStream<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) => {
      const pieces: Buffer[] = [];
      call.on('data', (piece: Buffer) => pieces.push(piece));
      call.on('end', () => done(null, Buffer.concat(pieces)));
    },
    Both: (call: grpc.ServerDuplexStream<Buffer, Buffer>) => {
      call.on('data', (piece: Buffer) => call.write(piece));
      call.on('end', () => call.end());
    },
    Fail: (_call: unknown, done: grpc.sendUnaryData<Buffer>) => done({ code: grpc.status.ABORTED, details: 'näh' }),
    Hang: (call: grpc.ServerWritableStream<Buffer, Buffer>) => {
      call.write(Buffer.from('begun'));
      call.on('cancelled', () => {
        cancelled += 1;
      });
    },
  };
  server.addService(ECHO, implementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, found) =>
      error === null ? resolve(found) : reject(error),
    ),
  );
  closing.push(() => server.forceShutdown());
  return { port, seen, cancelled: () => cancelled, server };
}

async function open(more: FixtureOptions & { upstreamPort?: number } = {}) {
  const upstream = await openServer();
  const routes = [
    route('echo', {
      match: { path: '/test.Echo/{method}', methods: ['POST'] },
      authorize: { scopes: ['echo'] },
      upstream: { url: `http://127.0.0.1:${more.upstreamPort ?? upstream.port}`, protocol: 'grpc', timeoutSeconds: 2 },
    }),
  ];
  const credentials = { [KEY]: principal({ scopes: ['echo'] }), gh_live_weak: principal({ scopes: [] }) };
  const fixture = openFixture({ routes, credentials, ...more });
  const transport = createSocketTransport({
    handler: fixture.gateway.handler,
    errors: fixture.gateway.errors,
    clock: fixedClock(),
    log: testLogger(),
    limits: { tickMilliseconds: 10 },
    cleartextHttp2: true,
  });
  const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
  const Client = grpc.makeGenericClientConstructor(ECHO, 'Echo');
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  closing.push(
    () => transport.drain(100),
    () => client.close(),
  );
  return { ...fixture, port, client, upstream, transport };
}

function metadata(key: string | undefined = KEY, more: Record<string, string> = {}): grpc.Metadata {
  const found = new grpc.Metadata();
  if (key !== '') found.set('x-api-key', key);
  for (const [name, value] of Object.entries(more)) found.set(name, value);
  return found;
}

type Client = Awaited<ReturnType<typeof open>>['client'];
interface Told {
  code: number;
  details?: string;
  value?: string;
}

function unary(client: Client, key?: string, { name = 'Unary', deadline = 5000 } = {}): Promise<Told> {
  return new Promise((resolve) => {
    const done = (error: grpc.ServiceError | null, value?: Buffer) =>
      resolve(error === null ? { code: 0, value: String(value) } : { code: error.code, details: error.details });
    client.makeUnaryRequest(
      `/test.Echo/${name}`,
      bytes.serialize,
      bytes.deserialize,
      Buffer.from('hi'),
      metadata(key),
      { deadline: Date.now() + deadline },
      done,
    );
  });
}

describe('a call', () => {
  test('of one message is answered with its trailers, and the service sees who calls', async () => {
    const { client, upstream, records } = await open();
    const trailers = await new Promise<grpc.Metadata>((resolve) => {
      const call = client.makeUnaryRequest(
        '/test.Echo/Unary',
        bytes.serialize,
        bytes.deserialize,
        Buffer.from('hi'),
        metadata(KEY, { 'x-user': 'root' }),
        () => {},
      );
      call.on('status', (status: grpc.StatusObject) => resolve(status.metadata));
    });
    expect(trailers.get('x-trailer')).toEqual(['yes']);
    const [seen] = upstream.seen;
    expect(seen?.get('gatehouse-identity')).toEqual([`identity of key_1 for http://127.0.0.1:${upstream.port}`]);
    expect([seen?.get('x-api-key'), seen?.get('x-user')]).toEqual([[], []]);
    expect(seen?.get('via')).toEqual(['2.0 gatehouse']);
    await expect
      .poll(() => records)
      .toEqual([expect.objectContaining({ status: 200, route: 'echo', allowed: true, bytesIn: 7, bytesOut: 7 })]);
  });

  test('that streams down, up and both ways', async () => {
    const { client } = await open();
    const read = (call: NodeJS.ReadableStream) =>
      new Promise<string[]>((resolve, reject) => {
        const found: string[] = [];
        call.on('data', (piece: Buffer) => found.push(String(piece)));
        call.on('end', () => resolve(found));
        call.on('error', reject);
      });
    const down = client.makeServerStreamRequest(
      '/test.Echo/Down',
      bytes.serialize,
      bytes.deserialize,
      Buffer.from('x'),
      metadata(),
    );
    expect(await read(down)).toEqual(['x0', 'x1', 'x2', 'x3', 'x4']);
    const sum = await new Promise<Buffer | undefined>((resolve) => {
      const up = client.makeClientStreamRequest(
        '/test.Echo/Up',
        bytes.serialize,
        bytes.deserialize,
        metadata(),
        (_error: unknown, value?: Buffer) => resolve(value),
      );
      for (let index = 0; index < 30; index += 1) up.write(Buffer.alloc(100_000, 'x'));
      up.end();
    });
    expect(sum?.length).toBe(3_000_000);
    const both = client.makeBidiStreamRequest('/test.Echo/Both', bytes.serialize, bytes.deserialize, metadata());
    const echoed: string[] = [];
    // One at a time: each answer comes before the next question.
    await new Promise<void>((resolve) => {
      both.on('data', (piece: Buffer) => {
        echoed.push(String(piece));
        if (echoed.length === 3) both.end();
        else both.write(Buffer.from(`m${echoed.length}`));
      });
      both.on('end', resolve);
      both.write(Buffer.from('m0'));
    });
    expect(echoed).toEqual(['m0', 'm1', 'm2']);
  });
});

describe('a refusal speaks gRPC', () => {
  test.each<[string, string, FixtureOptions, number, RegExp]>([
    ['without a credential', '', {}, grpc.status.UNAUTHENTICATED, /credential is required/],
    ['with an unknown one', 'gh_live_other', {}, grpc.status.UNAUTHENTICATED, /not known here/],
    ['with one that may not', 'gh_live_weak', {}, grpc.status.PERMISSION_DENIED, /scope/],
    [
      'that could not be recorded',
      KEY,
      { deps: { recorder: { record() {}, accepting: () => false } } },
      grpc.status.UNAVAILABLE,
      /recorded/,
    ],
  ])('%s', async (_what, key, more, code, details) => {
    const { client, upstream } = await open(more);
    expect(await unary(client, key)).toEqual({ code, details: expect.stringMatching(details) });
    expect(upstream.seen).toEqual([]);
  });

  test('of a method that has no route, an upstream that is away, and the service itself', async () => {
    const { client } = await open();
    const elsewhere = await new Promise<number | undefined>((resolve) =>
      client.makeUnaryRequest(
        '/other/Unary',
        bytes.serialize,
        bytes.deserialize,
        Buffer.from(''),
        metadata(),
        (error: grpc.ServiceError | null) => resolve(error?.code),
      ),
    );
    expect(elsewhere).toBe(grpc.status.UNIMPLEMENTED);
    expect(await unary(client, KEY, { name: 'Fail' })).toEqual({ code: grpc.status.ABORTED, details: 'näh' });
    const away = await open({ upstreamPort: 1 });
    expect((await unary(away.client)).code).toBe(grpc.status.UNAVAILABLE);
  });

  test('and a caller of HTTP/1.1 hears what is needed', async () => {
    const { port, upstream } = await open();
    const caller = callRaw(
      port,
      `POST /test.Echo/Unary HTTP/1.1\r\nHost: a\r\nX-API-Key: ${KEY}\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(await caller.until((text) => text.includes('http2_needed'))).toContain('HTTP/1.1 505');
    expect(upstream.seen).toEqual([]);
    caller.socket.destroy();
  });
});

describe('what ends a call that streams', () => {
  const hang = (client: Client, deadline: number) => {
    const call = client.makeServerStreamRequest(
      '/test.Echo/Hang',
      bytes.serialize,
      bytes.deserialize,
      Buffer.from(''),
      metadata(),
      { deadline: Date.now() + deadline },
    );
    const begun = new Promise((resolve) => call.once('data', resolve));
    const ended = new Promise<number>((resolve) => call.on('error', (error: grpc.ServiceError) => resolve(error.code)));
    return { call, begun, ended };
  };

  test('the caller', async () => {
    const { client, upstream, records } = await open();
    const { call, begun, ended } = hang(client, 5000);
    await begun;
    call.cancel();
    expect(await ended).toBe(grpc.status.CANCELLED);
    await expect.poll(upstream.cancelled).toBe(1);
    await expect.poll(() => records.length).toBe(1);
  });

  test('a revocation', async () => {
    const { client, upstream, credentials, records } = await open();
    const { begun, ended } = hang(client, 10_000);
    await begun;
    credentials[KEY] = 'revoked';
    expect(await ended).toBe(grpc.status.CANCELLED);
    await expect.poll(upstream.cancelled).toBe(1);
    await expect.poll(() => records).toEqual([expect.objectContaining({ reason: 'credential_revoked' })]);
  });

  test('its deadline', async () => {
    const { client, upstream } = await open();
    const { ended } = hang(client, 300);
    expect(await ended).toBe(grpc.status.DEADLINE_EXCEEDED);
    await expect.poll(upstream.cancelled).toBe(1);
  });

  test('a service that dies', async () => {
    const { client, upstream } = await open();
    const { begun, ended } = hang(client, 5000);
    await begun;
    upstream.server.forceShutdown();
    expect([grpc.status.INTERNAL, grpc.status.UNAVAILABLE, grpc.status.CANCELLED]).toContain(await ended);
  });
});

describe('several targets', () => {
  const urlOf = ({ port }: { port: number }) => `http://127.0.0.1:${port}`;
  const grouped = (targets: string[], more: object = {}) => {
    const spec = upstreamSchema.parse({
      targets: targets.map((url) => ({ url })),
      protocol: 'grpc',
      balance: 'round_robin',
    });
    return {
      routes: [
        route('echo', {
          match: { path: '/test.Echo/{method}', methods: ['POST'] },
          authorize: { scopes: ['echo'] },
          upstream: { name: 'echo' },
          ...more,
        }),
      ],
      tenant: { upstreams: [{ name: 'echo', createdAt: 0, spec }] },
    };
  };

  test('take calls in turn; one that does not answer is left alone', async () => {
    const [first, second] = [await openServer(), await openServer()];
    const { client, records, gateway } = await open(grouped([urlOf(first), urlOf(second), 'http://127.0.0.1:1']));
    const told = [];
    for (let call = 0; call < 30; call += 1) told.push((await unary(client)).code);
    expect(told.filter((code) => code === grpc.status.UNAVAILABLE).length).toBeLessThanOrEqual(5);
    expect(told.filter((code) => code === 0).length).toBeGreaterThanOrEqual(25);
    expect([first.seen.length, second.seen.length].every((count) => count >= 10)).toBe(true);
    expect(new Set(records.map(({ upstream }) => upstream)).size).toBe(3);
    expect(gateway.upstreams()[0]?.targets.map(({ ejection }) => ejection)).toEqual(['closed', 'closed', 'open']);
    expect(gateway.upstreams()[0]?.inFlight).toBe(0);
  });

  test('nothing can be hidden in what they say', async () => {
    const server = await openServer();
    const mask = { groups: [{ name: 'a', fields: ['/a'], unless: { scopes: ['a'] } }] };
    const { client } = await open(grouped([urlOf(server)], { mask }));
    expect((await unary(client)).code).toBe(grpc.status.UNAVAILABLE);
    expect(server.seen).toEqual([]);
  });
});

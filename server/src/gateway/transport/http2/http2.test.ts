/** HTTP/2 from callers, to upstreams of HTTP/1.1: what is refused, what passes, and what a hostile connection can't do. */
import { type ClientHttp2Session, connect, constants, type OutgoingHttpHeaders } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { RequestHead } from '../../exchange.ts';
import { TEST_CERTIFICATE, TEST_KEY } from '../tls.fixture.ts';
import { callRaw, openTransport, openUpstream, type UnderTestOptions } from '../transport.fixture.ts';
import { TRANSPORT_LIMITS } from '../transport-limits.ts';
import { readHead } from './read-head.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(options: UnderTestOptions = {}) {
  const seen: RequestHead[] = [];
  const transport = await openTransport({
    decide: (head, forward) => {
      seen.push(head);
      return forward();
    },
    ...options,
    options: { cleartextHttp2: true, ...options.options },
  });
  closing.push(() => transport.drain(200));
  return { ...transport, seen };
}

function session(port: number): ClientHttp2Session {
  const found = connect(`http://127.0.0.1:${port}`);
  found.on('error', () => {});
  closing.push(() => found.destroy());
  return found;
}

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
  code: number;
}

function ask(
  from: ClientHttp2Session,
  headers: OutgoingHttpHeaders = {},
  body?: readonly (string | Buffer)[],
): Promise<Answer> {
  return new Promise((resolve) => {
    const stream = from.request({ ':path': '/', ...headers }, { endStream: body === undefined });
    const answer: Answer = { status: 0, headers: {}, body: Buffer.alloc(0), code: 0 };
    const pieces: Buffer[] = [];
    stream.on('response', (found) => {
      answer.status = found[':status'] ?? 0;
      answer.headers = found;
    });
    stream.on('data', (bytes: Buffer) => pieces.push(bytes));
    stream.on('error', () => {});
    stream.on('close', () => resolve({ ...answer, body: Buffer.concat(pieces), code: stream.rstCode }));
    for (const piece of body ?? []) stream.write(piece);
    if (body !== undefined) stream.end();
  });
}

const OK =
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Up: yes\r\nConnection: x-hop\r\nX-Hop: no\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nok';
const answering = (text: string) =>
  openUpstream((socket, received) => void (received.endsWith('\r\n\r\n') && socket.write(text)));

describe('a request', () => {
  test('is forwarded as HTTP/1.1 and answered in HTTP/2', async () => {
    const upstream = await answering(OK);
    closing.push(upstream.close);
    const { port, seen, ended } = await open({ upstreamPort: upstream.port });
    const answer = await ask(session(port), { ':path': '/a?b=1', 'x-a': '1', cookie: 'c=1; d=2' });
    expect([answer.status, answer.body.toString(), answer.code]).toEqual([200, 'ok', 0]);
    expect(answer.headers).toMatchObject({ 'x-up': 'yes', 'content-length': '2', 'set-cookie': ['a=1', 'b=2'] });
    expect(Object.keys(answer.headers)).not.toContain('x-hop');
    expect(seen[0]).toMatchObject({ target: '/a?b=1', httpVersion: '2.0', host: `127.0.0.1:${port}`, hasBody: false });
    expect(seen[0]?.headers).toEqual(['x-a', '1', 'cookie', 'c=1; d=2']);
    expect(upstream.connections[0]?.received).toMatch(/^GET \/a\?b=1 HTTP\/1\.1\r\nhost: /);
    expect(await ended(1)).toEqual([expect.objectContaining({ status: 200, bytesOut: 2, aborted: false })]);
  });

  test.each([0, 1, 70_000, 5_000_000])(
    'of %s bytes goes up with a length and without, and comes back',
    async (size) => {
      const upstream = await openUpstream((socket, _received, bytes) => {
        if (bytes.includes('\r\n\r\n')) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
        if (bytes.includes('\r\n\r\n')) socket.write(Buffer.alloc(size, 'y'));
      });
      closing.push(upstream.close);
      const { port, ended } = await open({ upstreamPort: upstream.port });
      const from = session(port);
      const sent = Buffer.alloc(size, 'x');
      const chunked = await ask(from, { ':method': 'POST' }, [sent]);
      const measured = await ask(from, { ':method': 'POST', 'content-length': String(size) }, [sent]);
      expect([chunked.body.length, measured.body.length]).toEqual([size, size]);
      expect((await ended(2)).map(({ bytesOut }) => bytesOut)).toEqual([size, size]);
    },
  );

  test.each<[string, string, OutgoingHttpHeaders, Partial<Answer>]>([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n', { ':method': 'HEAD' }, { status: 200 }],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', {}, { status: 204 }],
    [
      'chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      {},
      { status: 200, body: Buffer.from('abc') },
    ],
    ['a malformed answer', 'HTTP/1.1 200 OK\r\nA b: c\r\n\r\n', {}, { status: 502 }],
    ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', {}, { status: 502 }],
  ])('%s', async (_what, text, headers, expected) => {
    const upstream = await answering(text);
    closing.push(upstream.close);
    const { port } = await open({ upstreamPort: upstream.port });
    expect(await ask(session(port), headers)).toMatchObject(expected);
  });

  test('that breaks off in the middle is not taken for complete', async () => {
    const upstream = await openUpstream((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
      setImmediate(() => socket.destroy());
    });
    closing.push(upstream.close);
    const { port, ended } = await open({ upstreamPort: upstream.port });
    expect((await ask(session(port))).code).not.toBe(0);
    expect(await ended(1)).toEqual([expect.objectContaining({ aborted: true, upstreamFailure: 'reset' })]);
  });

  test('whose caller leaves lets go of the upstream', async () => {
    const upstream = await openUpstream(() => {});
    closing.push(upstream.close);
    const { port, ended, stats } = await open({ upstreamPort: upstream.port });
    const stream = session(port).request({ ':path': '/' });
    stream.on('error', () => {});
    await expect.poll(() => upstream.connections.length).toBe(1);
    stream.close(constants.NGHTTP2_CANCEL);
    expect(await ended(1)).toEqual([expect.objectContaining({ status: 499, aborted: true })]);
    await expect.poll(stats).toMatchObject({ exchanges: 0, upstreamConnections: 0 });
  });
});

describe('what has two readings, or none, is refused', () => {
  const GOOD = [':method', 'GET', ':scheme', 'http', ':path', '/', ':authority', 'a.example'];
  const without = (name: string, from = GOOD) => from.filter((_, index) => from[index - (index % 2)] !== name);
  const SOCKET = [...without(':method'), ':method', 'CONNECT', ':protocol', 'websocket'];
  const cases: [string, string[], number?][] = [
    ['two methods', [...GOOD, ':method', 'POST']],
    ['two paths', [...GOOD, ':path', '/admin']],
    ['two authorities', [...GOOD, ':authority', 'b.example']],
    ['a pseudo-header behind a field', [...without(':path'), 'a', 'b', ':path', '/']],
    ['a pseudo-header of an answer', [...GOOD, ':status', '200']],
    ['one of another kind', [...GOOD, ':protocol', 'websocket']],
    ['no method', without(':method')],
    ['no path', without(':path')],
    ['no scheme', without(':scheme')],
    ['no authority', without(':authority')],
    ['a scheme that is not the connection’s', [...without(':scheme'), ':scheme', 'https']],
    ['CONNECT', [...without(':method'), ':method', 'CONNECT'], 501],
    ['CONNECT for TCP', [...without(':method'), ':method', 'CONNECT', ':protocol', 'tcp'], 501],
    ['CONNECT for UDP', [...without(':method'), ':method', 'CONNECT', ':protocol', 'connect-udp'], 501],
    [
      'CONNECT for a protocol in capitals',
      [...without(':method'), ':method', 'CONNECT', ':protocol', 'WebSocket'],
      501,
    ],
    ['CONNECT for two protocols', [...SOCKET, ':protocol', 'websocket']],
    [
      'CONNECT for a list of protocols',
      [...without(':method'), ':method', 'CONNECT', ':protocol', 'websocket, h2c'],
      501,
    ],
    ['CONNECT without a path', SOCKET.filter((_, index) => SOCKET[index - (index % 2)] !== ':path')],
    ['CONNECT to a star', [...without(':path', SOCKET), ':path', '*']],
    ['CONNECT to an authority as path', [...without(':path', SOCKET), ':path', 'internal:5432']],
    ['CONNECT with a path of two lines', [...without(':path', SOCKET), ':path', '/ HTTP/1.1\r\nhost: b']],
    ['CONNECT to an authority with a user', [...without(':authority', SOCKET), ':authority', 'a@b.example']],
    ['CONNECT to two authorities', [...SOCKET, 'host', 'b.example']],
    ['CONNECT by the scheme of a WebSocket', [...without(':scheme', SOCKET), ':scheme', 'ws']],
    ['CONNECT with Upgrade', [...SOCKET, 'upgrade', 'websocket']],
    ['CONNECT with Connection', [...SOCKET, 'connection', 'upgrade']],
    ['CONNECT with a length', [...SOCKET, 'content-length', '0']],
    ['a method that is none', [...without(':method'), ':method', 'GE T']],
    ['a long method', [...without(':method'), ':method', 'A'.repeat(40)]],
    ['a path that is none', [...without(':path'), ':path', 'a']],
    ['an absolute path', [...without(':path'), ':path', 'http://b.example/']],
    ['an empty path', [...without(':path'), ':path', '']],
    ['a star for GET', [...without(':path'), ':path', '*']],
    ['a space in the path', [...without(':path'), ':path', '/a b HTTP/1.1']],
    ['a line break in the path', [...without(':path'), ':path', '/\r\nx: y']],
    ['a fragment', [...without(':path'), ':path', '/#a']],
    ['a long path', [...without(':path'), ':path', `/${'a'.repeat(9000)}`], 414],
    ['an authority with a user', [...without(':authority'), ':authority', 'u@a.example']],
    ['an authority with a path', [...without(':authority'), ':authority', 'a.example/x']],
    ['Host that says otherwise', [...GOOD, 'host', 'b.example']],
    ['two Hosts', [...without(':authority'), 'host', 'a.example', 'host', 'a.example']],
    ['connection', [...GOOD, 'connection', 'close']],
    ['keep-alive', [...GOOD, 'keep-alive', 'timeout=5']],
    ['transfer-encoding', [...GOOD, 'transfer-encoding', 'chunked']],
    ['proxy-connection', [...GOOD, 'proxy-connection', 'close']],
    ['upgrade', [...GOOD, 'upgrade', 'websocket']],
    ['te with more than trailers', [...GOOD, 'te', 'gzip']],
    ['a name in capitals', [...GOOD, 'X-A', '1']],
    ['an empty name', [...GOOD, '', '1']],
    ['a name with a space', [...GOOD, 'x a', '1']],
    ['a name with a colon', [...GOOD, 'x:a', '1']],
    ['a line break in a value', [...GOOD, 'x', 'a\r\nb: c']],
    ['a zero in a value', [...GOOD, 'x', 'a\0b']],
    ['a space before a value', [...GOOD, 'x', ' a']],
    ['a space behind a value', [...GOOD, 'x', 'a\t']],
    ['a character beyond Latin-1', [...GOOD, 'x', 'Ċ']],
    ['two lengths', [...GOOD, 'content-length', '1', 'content-length', '1']],
    ['a length that is none', [...GOOD, 'content-length', '+1']],
    ['an empty length', [...GOOD, 'content-length', '']],
    ['a length too long', [...GOOD, 'content-length', '1'.repeat(16)]],
    ['a body that does not come', [...GOOD, 'content-length', '5']],
    ['many fields', [...GOOD, ...Array.from({ length: 101 }, (_, index) => [`x${index}`, '1']).flat()], 431],
    ['a large field', [...GOOD, 'x', 'a'.repeat(33_000)], 431],
  ];
  test.each(cases)('%s', (_what, fields, status = 400) => {
    const facts = { remoteAddress: '127.0.0.1', encrypted: false };
    expect(readHead(fields, { endsHere: true, facts, limits: TRANSPORT_LIMITS })).toEqual({
      refused: { status, reason: expect.any(String) },
    });
  });

  test('and the caller hears why', async () => {
    const { port, refusals, seen } = await open();
    const answer = await ask(session(port), { ':path': '/#a' });
    expect([answer.status, answer.body.toString()]).toEqual([400, 'the request target is no path']);
    expect([refusals.length, seen.length]).toEqual([1, 0]);
  });
});

/** A frame (RFC 9113 §4.1). */
function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
const PREFACE = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0)]);
/** :method GET, :scheme http, :path /, :authority a. */
const BLOCK = Buffer.from('828684410161', 'hex');

describe('a hostile connection', () => {
  test('that opens streams only to reset them is sent away', async () => {
    const upstream = await openUpstream(() => {});
    closing.push(upstream.close);
    const { port, seen, stats } = await open({ upstreamPort: upstream.port });
    const caller = callRaw(port, PREFACE);
    for (let stream = 1; stream < 20_000 && !caller.socket.destroyed; stream += 2) {
      caller.socket.write(Buffer.concat([frame(1, 5, stream, BLOCK), frame(3, 0, stream, Buffer.from([0, 0, 0, 8]))]));
      if (stream % 400 === 1) await new Promise((resolve) => setImmediate(resolve));
    }
    await caller.closed;
    expect(seen.length).toBeLessThan(1000);
    await expect.poll(stats).toMatchObject({ connections: 0, exchanges: 0 });
  });

  test.each<[string, Buffer[]]>([
    [
      'a head that never ends',
      [frame(1, 0, 1, BLOCK), ...Array.from({ length: 2000 }, () => frame(9, 0, 1, Buffer.alloc(1000)))],
    ],
    ['empty frames of a head', [frame(1, 0, 1, BLOCK), ...Array.from({ length: 20_000 }, () => frame(9, 0, 1))]],
    ['settings over and over', Array.from({ length: 20_000 }, () => frame(4, 0, 0))],
    ['pings over and over', Array.from({ length: 20_000 }, () => frame(6, 0, 0, Buffer.alloc(8)))],
    ['a frame too large', [frame(0, 0, 1, Buffer.alloc(20_000))]],
    ['data on no stream', [frame(0, 0, 0, Buffer.alloc(1))]],
    ['a window beyond the largest', [frame(8, 0, 0, Buffer.from('7fffffff', 'hex'))]],
    ['compression that is none', [frame(1, 5, 1, Buffer.from('ffffffffff', 'hex'))]],
    ['a stream of ours', [frame(1, 5, 2, BLOCK)]],
    ['a push', [frame(5, 4, 1, Buffer.alloc(8))]],
    ['HTTP/1.1 behind the preface', [Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')]],
  ])('%s', async (_what, frames) => {
    const { port, seen, stats } = await open();
    const caller = callRaw(port, PREFACE);
    // Answers are not read: what can't be sent must not be kept without bound.
    caller.socket.pause();
    for (const bytes of frames) caller.socket.write(bytes);
    setTimeout(() => caller.socket.resume(), 100);
    await Promise.race([caller.closed, expect.poll(() => caller.received(), { timeout: 3000 }).toContain('\x07')]);
    caller.socket.destroy();
    expect(seen.length).toBe(0);
    await expect.poll(stats).toMatchObject({ connections: 0 });
  });

  test.each<[string, Buffer]>([
    ['says nothing', Buffer.alloc(0)],
    ['says half a preface', PREFACE.subarray(0, 10)],
    ['says the preface and nothing else', PREFACE],
    ['leaves a head open', Buffer.concat([PREFACE, frame(1, 0, 1, BLOCK)])],
  ])('that %s is closed in time', async (_what, bytes) => {
    const { port } = await open({ limits: { headMilliseconds: 50, keepAliveMilliseconds: 50 } });
    await callRaw(port, bytes).closed;
  });

  test('HTTP/2 without TLS is refused where it was not agreed on', async () => {
    const { port } = await open({ options: { cleartextHttp2: false } });
    const caller = callRaw(port, PREFACE);
    await caller.closed;
    expect(caller.received()).toContain('HTTP/1.1 505');
  });

  test('HTTP/1.1 goes on beside it', async () => {
    const upstream = await answering(OK);
    closing.push(upstream.close);
    const { port } = await open({ upstreamPort: upstream.port });
    const socket = connectTcp(port, '127.0.0.1');
    const caller = callRaw(port, 'PR');
    socket.destroy();
    caller.socket.write('OPFIND / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await caller.until((text) => text.includes('ok'))).toContain('HTTP/1.1 200');
    caller.socket.destroy();
  });
});

test('by ALPN over TLS; a drain finishes what is under way and says goodbye', async () => {
  const upstream = await openUpstream((socket) => void setTimeout(() => socket.write(OK), 100));
  closing.push(upstream.close);
  const tls = { options: { key: TEST_KEY, cert: TEST_CERTIFICATE, ALPNProtocols: ['h2', 'http/1.1'] } };
  const transport = await open({ upstreamPort: upstream.port, options: { tls } });
  const from = connect(`https://localhost:${transport.port}`, { ca: TEST_CERTIFICATE });
  from.on('error', () => {});
  const goodbye = new Promise((resolve) => from.once('goaway', resolve));
  const answer = ask(from);
  await expect.poll(() => transport.seen.length).toBe(1);
  const drained = transport.drain(2000);
  expect(await answer).toMatchObject({ status: 200, code: 0 });
  await Promise.all([goodbye, drained]);
  expect(transport.seen[0]?.encrypted).toBe(true);
});

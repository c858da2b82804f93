/** What uploads that nobody reads can make us hold, on one connection of HTTP/2; and that those that are read go on. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, createServer } from 'node:http2';
import { afterEach, describe, expect, test } from 'vitest';
import type { Settled } from '../../exchange.ts';
import { callRaw, openTransport } from '../transport.fixture.ts';
import { TRANSPORT_LIMITS } from '../transport-limits.ts';
import { ConnectionWindow } from './connection-window.ts';
import { data, headers, START } from './frames.fixture.ts';
import { UnreadBytes } from './unread-bytes.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const KIB = 1024;
const MIB = 1024 * KIB;
/** Frames, acknowledgements, and what was on its way when the window was shut. */
const SLACK = 256 * KIB;

/** `/stalls` waits for its verdict until `go`, and its body with it; all else is read. Both are answered by their length. */
async function open(limits: object = {}) {
  let go = () => {};
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  const transport = await openTransport({
    limits,
    options: { cleartextHttp2: true },
    decide: (head, _forward, reply) => {
      const answered = (body: Buffer): Settled => reply(200, String(body.length));
      const hold = {
        ...({ kind: 'hold', bytesMax: 16 * MIB, complete: answered } as const),
        incomplete: (): Settled => reply(413),
        onDone: () => {},
      };
      return head.target === '/stalls' ? gone.then(() => hold) : hold;
    },
  });
  closing.push(() => transport.drain(100));
  return { ...transport, go };
}

async function connected(port: number): Promise<ClientHttp2Session> {
  const session = connect(`http://127.0.0.1:${port}`, { maxSessionMemory: 1000 });
  session.on('error', () => {});
  closing.push(() => session.destroy());
  await new Promise((resolve) => session.once('remoteSettings', resolve));
  return session;
}

function upload(session: ClientHttp2Session, path: string, bytes: number) {
  const stream = session.request({ ':method': 'POST', ':path': path });
  stream.on('error', () => {});
  const answer = new Promise<string>((resolve) => {
    let text = '';
    stream.on('data', (piece) => {
      text += piece;
    });
    stream.on('end', () => resolve(text));
  });
  stream.end(Buffer.alloc(bytes));
  return { stream, answer };
}

/** GOAWAY (RFC 9113 §6.8) with this code, in hexadecimal: type, flags, no stream, the last stream, and 3. */
const FLOW_CONTROL_ERROR = /070000000000.{8}00000003/;

/** How much of what was sent the other side made room for, when no more goes. */
async function standstill(session: ClientHttp2Session): Promise<number> {
  for (let last = -1; ; ) {
    const now = session.socket.bytesWritten;
    if (now === last) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

const many = (session: ClientHttp2Session, count: number, bytes: number) =>
  Array.from({ length: count }, () => upload(session, '/stalls', bytes));

describe('uploads that nobody reads', () => {
  test('hold 4 MiB of one connection, however many they are', async () => {
    const { port } = await open();
    const session = await connected(port);
    many(session, 120, MIB);
    const sent = await standstill(session);
    expect(sent).toBeGreaterThan(3.5 * MIB);
    expect(sent).toBeLessThan(4 * MIB + SLACK);
  });

  test('hold little on their own, and what is read passes beside them', async () => {
    const { port } = await open();
    const session = await connected(port);
    many(session, 32, MIB);
    expect(await standstill(session)).toBeLessThan(32 * 64 * KIB + SLACK);
    expect(await upload(session, '/read', 8 * MIB).answer).toBe(String(8 * MIB));
  });

  test('all arrive whole when they are read at last, and what waited behind them', async () => {
    const { port, go } = await open({ http2HeldBytesMax: 256 * KIB });
    const session = await connected(port);
    const sent = [...many(session, 20, MIB), upload(session, '/read', MIB)];
    await standstill(session);
    go();
    expect(new Set(await Promise.all(sent.map(({ answer }) => answer)))).toEqual(new Set([String(MIB)]));
  });

  test('give room when they are given up', async () => {
    const { port } = await open({ http2HeldBytesMax: 256 * KIB });
    const session = await connected(port);
    for (let round = 0; round < 3; round += 1) {
      const sent: { stream: ClientHttp2Stream }[] = many(session, 20, MIB);
      await standstill(session);
      for (const { stream } of sent) stream.close(constants.NGHTTP2_CANCEL);
      expect(await upload(session, '/read', MIB).answer).toBe(String(MIB));
    }
  });
});

describe('uploads that nobody reads, of many connections', () => {
  const limits = { http2HeldBytesTotalMax: MIB };

  test('hold what all may hold together, and beyond that no more of each than HTTP/1.1 does', async () => {
    const { port } = await open(limits);
    const sessions = await Promise.all(Array.from({ length: 6 }, () => connected(port)));
    let sent = 0;
    for (const session of sessions) {
      many(session, 40, MIB);
      sent += await standstill(session);
    }
    expect(sent).toBeGreaterThan(MIB);
    // The first has all there is. What the others still had of their windows when they were shut came as well.
    expect(sent).toBeLessThan(MIB + 5 * 2 * 64 * KIB + SLACK);
  });

  test('leave room on other connections for what is read', async () => {
    const { port } = await open(limits);
    const [first, second] = [await connected(port), await connected(port)];
    many(first, 40, MIB);
    await standstill(first);
    expect(await upload(second, '/read', 4 * MIB).answer).toBe(String(4 * MIB));
  });

  test('are read whole once there is room again, also where the window was shut for the sake of others', async () => {
    const { port, go } = await open(limits);
    const [first, second] = [await connected(port), await connected(port)];
    const given = many(first, 40, MIB);
    await standstill(first);
    // More than one connection may hold now, and all of it unread: nothing that happens there would open its window.
    const waiting = many(second, 4, 200 * KIB);
    const behind = upload(second, '/read', MIB);
    await standstill(second);
    for (const { stream } of given) stream.close(constants.NGHTTP2_CANCEL);
    expect(await behind.answer).toBe(String(MIB));
    go();
    expect(new Set(await Promise.all(waiting.map(({ answer }) => answer)))).toEqual(new Set([String(200 * KIB)]));
  });
});

test('a byte in each frame costs more than a byte', async () => {
  const { port } = await open({ http2HeldBytesMax: 256 * KIB });
  const opened = [headers(1, { ':path': '/stalls' }), headers(3, { ':path': '/stalls' })];
  const caller = callRaw(port, Buffer.concat([START, ...opened]));
  // A thousand of 257 bytes shut the window, and what he still has of it is not returned. 80,000 bytes are more than that,
  // though each stream would have room: he has broken flow control (RFC 9113 §6.9.1), and his connection ends.
  for (const stream of [1, 3]) {
    const pieces = Buffer.concat(Array.from({ length: 1000 }, () => data(stream, 'x')));
    for (let round = 0; round < 40; round += 1) caller.socket.write(pieces);
  }
  await caller.closed;
  expect(Buffer.from(caller.received(), 'latin1').toString('hex')).toMatch(FLOW_CONTROL_ERROR);
});

test('a connection that is being closed gets its window back: there, the library sends no PING', async () => {
  const server = createServer();
  let received = 0;
  server.on('session', (session) => {
    const window = new ConnectionWindow(session, 48 * KIB, new UnreadBytes(TRANSPORT_LIMITS), () => {});
    let streams = 0;
    session.on('stream', (stream) => {
      window.follow(stream);
      stream.on('error', () => {});
      const readOn = () => {
        received += stream.read()?.length ?? 0;
        if (!stream.destroyed) setImmediate(readOn);
      };
      setImmediate(readOn);
      streams += 1;
      if (streams === 4) session.close();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const address = server.address();
  const session = await connected(address !== null && typeof address === 'object' ? address.port : 0);
  for (let count = 0; count < 4; count += 1) upload(session, '/', 8 * MIB);
  await expect.poll(() => received, { timeout: 10_000 }).toBe(4 * 8 * MIB);
});

import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  callRaw,
  openTransport,
  openUpstream,
  readMessage,
  statusOf,
  TIMEOUTS,
  type TransportUnderTest,
} from './transport.fixture.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A gigabyte and more on demand. */
const SIZE = Number(process.env.GATEHOUSE_STREAM_MEGABYTES ?? 200) * 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 'x');
/** Both ends live in this process too, and what they read is collected late; a body that was kept would be all of it. */
const GROWTH_MAX = 100 * 1024 * 1024;

/** The most memory held outside of V8's heap while `work` ran, above what was held before. */
async function growthDuring(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage();
  let most = 0;
  const timer = setInterval(() => {
    const { rss, arrayBuffers } = process.memoryUsage();
    most = Math.max(most, Math.min(rss - before.rss, arrayBuffers - before.arrayBuffers));
  }, 5);
  await work();
  clearInterval(timer);
  return most;
}

/** Writes `total` bytes as fast as they are taken. */
function pour(socket: Socket, total: number, onTaken: (bytes: number) => void = () => {}): Promise<void> {
  let left = total;
  return new Promise((resolve) => {
    const more = () => {
      while (left > 0) {
        const size = Math.min(left, PIECE.length);
        left -= size;
        if (!socket.write(PIECE.subarray(0, size), () => onTaken(size))) {
          socket.once('drain', more);
          return;
        }
      }
      resolve();
    };
    more();
  });
}

describe('hundreds of megabytes', () => {
  it('come down with flat memory', async () => {
    const upstream = await openUpstream((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${SIZE}\r\n\r\n`);
      pour(socket, SIZE);
    });
    closing.push(upstream.close);
    const transport = await openTransport({ upstreamPort: upstream.port });
    closing.push(() => transport.drain(500));
    let received = 0;
    const growth = await growthDuring(async () => {
      const buffer = Buffer.alloc(64 * 1024);
      const callback = (bytes: number) => {
        received += bytes;
        return true;
      };
      const socket = connect({ port: transport.port, host: '127.0.0.1', onread: { buffer, callback } });
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await transport.ended(1);
      socket.end();
      await new Promise((resolve) => socket.once('close', resolve));
    });
    expect(received).toBeGreaterThan(SIZE);
    expect(transport.outcomes).toEqual([expect.objectContaining({ status: 200, bytesOut: SIZE, aborted: false })]);
    expect(growth).toBeLessThan(GROWTH_MAX);
  });

  it('go up with flat memory, in chunks', async () => {
    let received = 0;
    const upstream = await openUpstream((socket, _received, bytes) => {
      received += bytes.length;
      if (bytes.subarray(-5).toString('latin1') === '0\r\n\r\n')
        socket.write('HTTP/1.1 201 x\r\nContent-Length: 0\r\n\r\n');
    });
    closing.push(upstream.close);
    const transport = await openTransport({ upstreamPort: upstream.port });
    closing.push(() => transport.drain(500));
    const growth = await growthDuring(async () => {
      const caller = callRaw(
        transport.port,
        `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${SIZE.toString(16)}\r\n`,
      );
      await pour(caller.socket, SIZE);
      caller.socket.write('\r\n0\r\n\r\n');
      expect(statusOf(readMessage(await caller.until((text) => text.includes('\r\n\r\n'))))).toBe(201);
    });
    expect(received).toBeGreaterThan(SIZE);
    expect(transport.outcomes).toEqual([expect.objectContaining({ status: 201, bytesIn: SIZE, aborted: false })]);
    expect(growth).toBeLessThan(GROWTH_MAX);
  });
});

describe('a side that does not read', () => {
  it('stops the upstream while the caller takes nothing', async () => {
    let sent = 0;
    const upstream = await openUpstream((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${SIZE}\r\n\r\n`);
      pour(socket, SIZE, (bytes) => {
        sent += bytes;
      });
    });
    closing.push(upstream.close);
    const transport = await openTransport({ upstreamPort: upstream.port, limits: { callerStallMilliseconds: 300 } });
    closing.push(() => transport.drain(500));
    const caller = callRaw(transport.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    caller.socket.pause();
    const [outcome] = await transport.ended(1);
    // Only what the kernel's buffers hold; then the stalled caller was cut off.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    expect(outcome).toMatchObject({ status: 200, aborted: true });
    expect(transport.stats().upstreamConnections).toBeLessThanOrEqual(1);
    caller.socket.destroy();
  });

  it('stops the caller while the upstream takes nothing', async () => {
    const upstream = await openUpstream((socket) => socket.pause());
    closing.push(upstream.close);
    const transport = await openTransport({
      upstreamPort: upstream.port,
      forward: { timeouts: { ...TIMEOUTS, headersMilliseconds: 300 } },
    });
    closing.push(() => transport.drain(500));
    const caller = callRaw(transport.port, `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${SIZE}\r\n\r\n`);
    pour(caller.socket, SIZE);
    const [outcome] = await transport.ended(1);
    expect(outcome).toMatchObject({ status: 504, upstreamFailure: 'timeout' });
    expect(outcome?.bytesIn).toBeLessThan(32 * 1024 * 1024);
    expect(caller.received()).toMatch(/^(HTTP\/1\.1 504 |$)/);
    caller.socket.destroy();
  });
});

describe('a caller who is behind with the answers to his requests before', () => {
  it.each([
    ['comes in two pieces', 'HTTP/1.1 200 OK\r\n', ''],
    ['stands behind another', 'HTTP/1.1 103 Early Hints\r\n\r\n', 'HTTP/1.1 200 OK\r\n'],
  ])('gets the one whose head %s as soon as he reads', async (_name, first, second) => {
    const rest = `${second}Content-Length: 8000\r\n\r\n${'x'.repeat(8000)}`;
    const upstream = await openUpstream((socket) => {
      socket.write(first);
      setImmediate(() => setImmediate(() => socket.write(rest)));
    });
    closing.push(upstream.close);
    const transport = await openTransport({ upstreamPort: upstream.port, limits: { callerStallMilliseconds: 2_000 } });
    closing.push(() => transport.drain(300));
    const caller = callRaw(transport.port);
    caller.socket.pause();
    caller.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1_500));
    await transport.ended(1);
    let before = -1;
    // The kernel's buffers fill; then no more exchanges end, and the one under way has begun while he is behind.
    while (before !== transport.outcomes.length) {
      before = transport.outcomes.length;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(before).toBeLessThan(1_500);
    caller.socket.resume();
    expect(await Promise.race([transport.ended(before + 10), caller.closed])).not.toBe('reset');
    expect(transport.outcomes.filter(({ aborted }) => aborted)).toEqual([]);
    caller.socket.destroy();
  });
});

/** Resolves when the upstream has so many connections that have received something. */
function upstreamAsked(upstream: { connections: { received: string }[] }): Promise<void> {
  return new Promise((resolve) => {
    const look = () => ((upstream.connections[0]?.received ?? '') === '' ? setImmediate(look) : resolve());
    look();
  });
}

describe('a caller who leaves', () => {
  const leaving: [string, string, (transport: TransportUnderTest) => object][] = [
    ['before the response', '', () => ({ status: 499, bytesOut: 0, aborted: true })],
    [
      'in the middle of the response',
      'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello',
      () => ({ status: 200, bytesOut: 5, aborted: true }),
    ],
    [
      'in the middle of a chunked response',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
      () => ({ status: 200, bytesOut: 5, aborted: true }),
    ],
  ];
  it.each(leaving)(
    '%s takes the upstream’s connection with him, and is recorded once',
    async (_name, response, outcome) => {
      const upstream = await openUpstream((socket) => socket.write(response));
      closing.push(upstream.close);
      const transport = await openTransport({ upstreamPort: upstream.port });
      closing.push(() => transport.drain(500));
      const caller = callRaw(transport.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await upstreamAsked(upstream);
      const gone = new Promise((resolve) => upstream.connections[0]?.socket.once('close', resolve));
      if (response !== '') await caller.until((text) => text.includes('hello'));
      caller.socket.destroy();
      await gone;
      await transport.ended(1);
      expect(transport.outcomes).toEqual([expect.objectContaining(outcome(transport))]);
      expect(transport.stats()).toMatchObject({ connections: 0, exchanges: 0 });
    },
  );

  it('in the middle of his own body', async () => {
    const upstream = await openUpstream(() => {});
    closing.push(upstream.close);
    const transport = await openTransport({ upstreamPort: upstream.port });
    closing.push(() => transport.drain(500));
    const caller = callRaw(transport.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello');
    await upstreamAsked(upstream);
    const gone = new Promise((resolve) => upstream.connections[0]?.socket.once('close', resolve));
    caller.socket.end();
    await gone;
    expect(await transport.ended(1)).toEqual([expect.objectContaining({ status: 499, bytesIn: 5, aborted: true })]);
  });

  it('while his exchange waits for a connection', async () => {
    const upstream = await openUpstream(() => {});
    closing.push(upstream.close);
    const transport = await openTransport({ upstreamPort: upstream.port, limits: { upstreamConnectionsMax: 1 } });
    closing.push(() => transport.drain(100));
    const first = callRaw(transport.port, 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\n');
    await upstreamAsked(upstream);
    const second = callRaw(transport.port, 'GET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise<void>((resolve) => {
      const look = () => (transport.stats().exchanges === 2 ? resolve() : setImmediate(look));
      look();
    });
    second.socket.destroy();
    await transport.ended(1);
    expect(transport.stats()).toEqual({ connections: 1, exchanges: 1, upstreamConnections: 1, knownLines: 0 });
    first.socket.destroy();
    expect(await transport.ended(2)).toHaveLength(2);
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import {
  callRaw,
  openTransport,
  openUpstream,
  readMessage,
  statusOf,
  TIMEOUTS,
  type TransportUnderTest,
  type UnderTestOptions,
} from './transport.fixture.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(response: string, options: UnderTestOptions): Promise<TransportUnderTest> {
  const upstream = await openUpstream((socket) => socket.write(response));
  closing.push(upstream.close);
  const transport = await openTransport({ upstreamPort: upstream.port, ...options });
  closing.push(() => transport.drain(200));
  return transport;
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe('a caller who is too slow', () => {
  it('who says nothing is closed without a word', async () => {
    const transport = await open(OK, { limits: { headMilliseconds: 40 } });
    const caller = callRaw(transport.port);
    await caller.closed;
    expect(caller.received()).toBe('');
  });

  it('with his head is told so: 408', async () => {
    const transport = await open(OK, { limits: { headMilliseconds: 40 } });
    const caller = callRaw(transport.port, 'GET / HTTP/1.1\r\nHo');
    await caller.closed;
    expect(statusOf(readMessage(caller.received()))).toBe(408);
  });

  it('gets no more time for sending byte by byte', async () => {
    const transport = await open(OK, { limits: { headMilliseconds: 100 } });
    const caller = callRaw(transport.port);
    const drip = setInterval(() => caller.socket.write('G'), 20);
    const started = performance.now();
    await caller.closed;
    clearInterval(drip);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('with his second head is told so as well', async () => {
    const transport = await open(OK, { limits: { headMilliseconds: 40 } });
    const caller = callRaw(transport.port, `${GET}GET / HT`);
    await caller.closed;
    const first = readMessage(caller.received());
    expect([statusOf(first), statusOf(readMessage(caller.received().slice(first?.end)))]).toEqual([200, 408]);
  });

  it('between requests is closed in order', async () => {
    const transport = await open(OK, { limits: { keepAliveMilliseconds: 40 } });
    const caller = callRaw(transport.port, GET);
    expect(await caller.closed).toBe('end');
    expect(statusOf(readMessage(caller.received()))).toBe(200);
  });

  it('with his body gets no more time for sending it byte by byte', async () => {
    const transport = await open('', { limits: { bodyIdleMilliseconds: 100, bodyBytesPerSecondMin: 1_000 } });
    const caller = callRaw(transport.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\nhello');
    const drip = setInterval(() => caller.socket.write('x'), 20);
    const started = performance.now();
    await caller.closed;
    clearInterval(drip);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(statusOf(readMessage(caller.received()))).toBe(408);
  });

  it('but not one who sends steadily, however long it takes', async () => {
    const transport = await open('', { limits: { bodyIdleMilliseconds: 500, bodyBytesPerSecondMin: 1_000 } });
    const caller = callRaw(transport.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n');
    // For longer than he might be silent, with pauses far shorter than that: a slow machine may stretch each of them.
    for (let sent = 0; sent < 4000; sent += 160) {
      caller.socket.write('x'.repeat(160));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(caller.received()).toBe('');
    caller.socket.destroy();
    expect(await transport.ended(1)).toEqual([expect.objectContaining({ bytesIn: 4000 })]);
  });

  it('with his body is told so: 408, and the upstream is cut', async () => {
    const transport = await open('', { limits: { bodyIdleMilliseconds: 40 } });
    const caller = callRaw(transport.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello');
    await caller.closed;
    expect(statusOf(readMessage(caller.received()))).toBe(408);
    expect(transport.outcomes).toEqual([expect.objectContaining({ status: 408, bytesIn: 5 })]);
    expect(transport.stats().exchanges).toBe(0);
  });

  it('with a body that was answered already is closed', async () => {
    const transport = await open(OK, {
      limits: { bodyIdleMilliseconds: 40 },
      decide: (_head, _forward, reply) => reply(401),
    });
    const caller = callRaw(transport.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello');
    await caller.closed;
    expect(statusOf(readMessage(caller.received()))).toBe(401);
  });

  it('to close after us is closed', async () => {
    const transport = await open(OK, { limits: { lingerMilliseconds: 40 } });
    const caller = callRaw(transport.port);
    caller.socket.allowHalfOpen = true;
    caller.socket.write('nonsense\r\n\r\n');
    await new Promise<void>((resolve) => {
      const look = () =>
        transport.stats().connections === 0 && caller.received() !== '' ? resolve() : setImmediate(look);
      look();
    });
    expect(statusOf(readMessage(caller.received()))).toBe(400);
    caller.socket.destroy();
  });
});

describe('an upstream that is too slow', () => {
  it('with its head: 504', async () => {
    const transport = await open('HTTP/1.1 200 OK\r\n', {
      forward: { timeouts: { ...TIMEOUTS, headersMilliseconds: 40 } },
    });
    const caller = callRaw(transport.port, GET);
    await transport.ended(1);
    expect(statusOf(readMessage(await caller.until((text) => text.includes('timeout'))))).toBe(504);
    expect(transport.outcomes).toEqual([
      expect.objectContaining({ status: 504, upstreamFailure: 'timeout', aborted: false }),
    ]);
  });

  it('with its body: cut', async () => {
    const transport = await open('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok', {
      forward: { timeouts: { ...TIMEOUTS, idleMilliseconds: 40 } },
    });
    const caller = callRaw(transport.port, GET);
    expect(await caller.closed).toBe('reset');
    expect(transport.outcomes).toEqual([
      expect.objectContaining({ status: 200, upstreamFailure: 'timeout', aborted: true }),
    ]);
  });

  it('when idle: its connection is closed', async () => {
    const transport = await open(OK, { limits: { upstreamIdleMilliseconds: 40 } });
    const caller = callRaw(transport.port, GET);
    await transport.ended(1);
    expect(transport.stats().upstreamConnections).toBe(1);
    await new Promise<void>((resolve) => {
      const look = () => (transport.stats().upstreamConnections === 0 ? resolve() : setImmediate(look));
      look();
    });
    caller.socket.destroy();
  });
});

describe('draining', () => {
  it('closes what is idle, finishes what is under way, accepts nothing more', async () => {
    let answer = () => {};
    const asked = Promise.withResolvers<void>();
    const upstream = await openUpstream((socket) => {
      answer = () => socket.write(OK);
      asked.resolve();
    });
    closing.push(upstream.close);
    const transport = await openTransport({ upstreamPort: upstream.port });
    const idle = callRaw(transport.port);
    const busy = callRaw(transport.port, GET);
    await asked.promise;
    const drained = transport.drain(5_000);
    expect(await idle.closed).toBe('end');
    expect(await callRaw(transport.port, GET).closed).toBe('reset');
    answer();
    expect(await busy.closed).toBe('end');
    const message = readMessage(busy.received());
    expect({ status: statusOf(message), connection: message?.headers.connection }).toEqual({
      status: 200,
      connection: 'close',
    });
    await drained;
    expect(transport.stats()).toMatchObject({ connections: 0, exchanges: 0 });
    expect(transport.outcomes).toEqual([expect.objectContaining({ status: 200, aborted: false })]);
  });

  it('closes a connection as soon as the rest of a body that was answered unread is through', async () => {
    const transport = await openTransport({ decide: (_head, _forward, reply) => reply(401) });
    const caller = callRaw(transport.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello');
    expect(statusOf(readMessage(await caller.until((text) => readMessage(text) !== undefined)))).toBe(401);
    const drained = transport.drain(2_000);
    caller.socket.write('world');
    // Cut at the deadline, it would be reset.
    expect(await caller.closed).toBe('end');
    await drained;
  });

  it('cuts what is not done at the deadline', async () => {
    const asked = Promise.withResolvers<void>();
    const upstream = await openUpstream(() => asked.resolve());
    closing.push(upstream.close);
    const transport = await openTransport({ upstreamPort: upstream.port });
    const busy = callRaw(transport.port, GET);
    const slow = callRaw(transport.port, 'GET / HT');
    await asked.promise;
    await transport.drain(50);
    expect(await busy.closed).toBe('reset');
    await slow.closed;
    expect(transport.outcomes).toEqual([expect.objectContaining({ status: 499, aborted: true })]);
    expect(transport.stats()).toMatchObject({ connections: 0, exchanges: 0 });
  });

  it('may be asked for twice', async () => {
    const transport = await openTransport();
    await Promise.all([transport.drain(50), transport.drain(50)]);
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import {
  callRaw,
  openEcho,
  openTransport,
  openUpstream,
  type RawUpstream,
  readMessage,
  readMessages,
  statusOf,
  TIMEOUTS,
  type TransportUnderTest,
  targetAt,
  type UnderTestOptions,
} from './transport.fixture.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function between(upstream: RawUpstream, options: UnderTestOptions = {}): Promise<TransportUnderTest> {
  closing.push(upstream.close);
  const transport = await openTransport({ upstreamPort: upstream.port, ...options });
  closing.push(() => transport.drain(300));
  return transport;
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const answering = (response = OK) => openUpstream((socket) => socket.write(response, 'latin1'));
const get = (target = '/', lines = '') => `GET ${target} HTTP/1.1\r\nHost: a\r\n${lines}\r\n`;
const complete = (count: number) => (received: string) => readMessages(received).length >= count;

describe('request bodies', () => {
  it('asks for an expected body once the upstream stands', async () => {
    const upstream = await openEcho();
    const transport = await between(upstream);
    const caller = callRaw(
      transport.port,
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
    );
    expect(await caller.until((received) => received.includes('\r\n\r\n'))).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    caller.socket.write('hello');
    const text = await caller.until((received) => received.includes('hello'));
    expect(text).not.toMatch(/expect:/i);
  });

  it('sends head and body on as one piece when they came as one', async () => {
    const pieces: string[] = [];
    const upstream = await openUpstream((socket, _received, bytes) => {
      pieces.push(bytes.toString('latin1'));
      socket.write(OK);
    });
    const transport = await between(upstream);
    const caller = callRaw(transport.port, get());
    await caller.until(complete(1));
    caller.socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello');
    await caller.until(complete(2));
    expect(pieces).toHaveLength(2);
    expect(pieces[1]).toMatch(/hello$/);
  });

  it('passes on an answer that comes before the body is read, then closes', async () => {
    const upstream = await openUpstream((socket, received) => {
      if (received.endsWith('first')) socket.write('HTTP/1.1 413 x\r\nContent-Length: 2\r\n\r\nno');
    });
    const transport = await between(upstream);
    const caller = callRaw(transport.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nfirst');
    const message = readMessage(await caller.until(complete(1)));
    expect({ status: statusOf(message), connection: message?.headers.connection }).toEqual({
      status: 413,
      connection: 'close',
    });
    expect(await caller.closed).toBe('end');
    expect(transport.stats().upstreamConnections).toBe(0);
    expect(transport.outcomes).toEqual([expect.objectContaining({ status: 413, bytesIn: 5, aborted: false })]);
  });

  it('refuses a body that breaks its framing half way, and cuts the upstream', async () => {
    const upstream = await openUpstream(() => {});
    const transport = await between(upstream);
    const caller = callRaw(
      transport.port,
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    );
    await new Promise<void>((resolve) => {
      const look = () => (upstream.connections[0]?.received.includes('hello') ? resolve() : setImmediate(look));
      look();
    });
    caller.socket.write('zz\r\n');
    expect(statusOf(readMessage(await caller.until(complete(1))))).toBe(400);
    await transport.ended(1);
    expect(transport.outcomes).toEqual([expect.objectContaining({ status: 400, bytesIn: 5 })]);
    expect(upstream.connections[0]?.received).not.toContain('0\r\n\r\n');
  });
});

describe('an upstream that is not there', () => {
  it('is answered for by the verdict', async () => {
    const upstream = await answering();
    await upstream.close();
    const transport = await between(upstream);
    const caller = callRaw(transport.port, get());
    const message = readMessage(await caller.until(complete(1)));
    expect({ status: statusOf(message), body: message?.body }).toEqual({ status: 502, body: 'connect' });
    expect(transport.outcomes).toEqual([
      expect.objectContaining({ status: 502, upstreamFailure: 'connect', aborted: false }),
    ]);
    caller.socket.write(get());
    expect(readMessages(await caller.until(complete(2)))).toHaveLength(2);
  });

  it('is answered for when its name is unknown', async () => {
    const transport = await between(await answering(), { forward: { upstream: targetAt(80, 'no.such.host.invalid') } });
    const message = readMessage(await callRaw(transport.port, get()).until(complete(1)));
    expect({ status: statusOf(message), body: message?.body }).toEqual({ status: 502, body: 'connect' });
  });

  it('cuts the caller when its port is none, which is a defect of the pipeline', async () => {
    const transport = await between(await answering(), { forward: { upstream: targetAt(70_000) } });
    expect(await callRaw(transport.port, get()).closed).toBe('reset');
  });

  const stale =
    (method: string, body = '') =>
    async () => {
      let closes = false;
      const upstream = await openUpstream((socket) => {
        if (closes) socket.destroy();
        else socket.write(OK);
        closes = !closes;
      });
      const transport = await between(upstream);
      const caller = callRaw(transport.port, get());
      await caller.until(complete(1));
      const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`;
      caller.socket.write(`${method} / HTTP/1.1\r\nHost: a\r\n${length}\r\n${body}`);
      const messages = readMessages(await caller.until(complete(2)));
      return { status: statusOf(messages[1]), connections: upstream.connections.length };
    };

  it.each([
    ['repeats GET', stale('GET'), { status: 200, connections: 2 }],
    ['repeats DELETE', stale('DELETE'), { status: 200, connections: 2 }],
    ['does not repeat POST', stale('POST'), { status: 502, connections: 1 }],
    ['does not repeat PUT with a body', stale('PUT', 'x'), { status: 502, connections: 1 }],
  ])('%s on a kept connection that turns out closed', async (_name, run, expected) => {
    expect(await run()).toEqual(expected);
  });

  it('repeats once only', async () => {
    let first = true;
    const upstream = await openUpstream((socket) => {
      if (first) socket.write(OK);
      else socket.destroy();
      first = false;
    });
    const transport = await between(upstream);
    const caller = callRaw(transport.port, get() + get());
    expect(readMessages(await caller.until(complete(2))).map(statusOf)).toEqual([200, 502]);
    expect(upstream.connections).toHaveLength(2);
  });

  it('does not use a connection again that spoke while idle', async () => {
    const upstream = await answering();
    const transport = await between(upstream);
    const caller = callRaw(transport.port, get());
    await caller.until(complete(1));
    const [kept] = upstream.connections;
    const gone = new Promise((resolve) => kept?.socket.once('close', resolve));
    kept?.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
    await gone;
    caller.socket.write(get());
    expect(readMessages(await caller.until(complete(2))).map(({ body }) => body)).toEqual(['ok', 'ok']);
  });
});

describe('the pool', () => {
  it('opens so many connections to an origin and lets the rest wait their turn', async () => {
    const waiting: (() => void)[] = [];
    const upstream = await openUpstream((socket) => {
      waiting.push(() => socket.write(OK));
      if (waiting.length >= 2) for (const answer of waiting.splice(0)) answer();
    });
    const transport = await between(upstream, { limits: { upstreamConnectionsMax: 2 } });
    const callers = Array.from({ length: 6 }, () => callRaw(transport.port, get()));
    const received = await Promise.all(callers.map((caller) => caller.until(complete(1))));
    expect(received.map((text) => statusOf(readMessage(text)))).toEqual([200, 200, 200, 200, 200, 200]);
    expect(upstream.connections).toHaveLength(2);
  });

  it('fails what waits too long, and what finds too many waiting', async () => {
    const upstream = await openUpstream(() => {});
    const transport = await between(upstream, {
      limits: { upstreamConnectionsMax: 1, upstreamWaitersMax: 1 },
      forward: { timeouts: { ...TIMEOUTS, connectMilliseconds: 50 } },
    });
    const first = callRaw(transport.port, get());
    await new Promise<void>((resolve) => {
      const look = () => (upstream.connections[0]?.received === undefined ? setImmediate(look) : resolve());
      look();
    });
    const others = [callRaw(transport.port, get()), callRaw(transport.port, get())];
    for (const caller of others) expect(statusOf(readMessage(await caller.until(complete(1))))).toBe(502);
    first.socket.destroy();
    const ended = await transport.ended(3);
    // That there was no room tells nothing of the upstream.
    expect(ended.map(({ upstreamFailure }) => upstreamFailure)).toEqual(['saturated', 'saturated', undefined]);
  });
});

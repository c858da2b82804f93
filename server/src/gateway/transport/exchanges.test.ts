import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Forward } from '../exchange.ts';
import {
  callRaw,
  openEcho,
  openTransport,
  openUpstream,
  type RawUpstream,
  readMessage,
  readMessages,
  statusOf,
  type TransportUnderTest,
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

describe('connections', () => {
  it('keeps both sides for the next request', async () => {
    const upstream = await answering();
    const transport = await between(upstream);
    const caller = callRaw(transport.port, get());
    await caller.until(complete(1));
    caller.socket.write(get());
    expect(readMessages(await caller.until(complete(2))).map(statusOf)).toEqual([200, 200]);
    expect(upstream.connections).toHaveLength(1);
    expect(transport.stats()).toEqual({ connections: 1, exchanges: 0, upstreamConnections: 1, knownLines: 1 });
  });

  it('answers pipelined requests in order', async () => {
    const transport = await between(await openEcho());
    const post = 'POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz';
    const chunked = 'PUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
    const caller = callRaw(transport.port, get('/a') + post + chunked + get('/d'));
    const messages = readMessages(await caller.until(complete(4)));
    expect(messages.map(({ body }) => body.split(' ').slice(0, 2).join(' '))).toEqual([
      'GET /a',
      'POST /b',
      'PUT /c',
      'GET /d',
    ]);
    expect(transport.outcomes.map(({ bytesIn }) => bytesIn)).toEqual([0, 3, 3, 0]);
  });

  it('gives who sends and leaves at once the answer that needs no upstream', async () => {
    const transport = await between(await answering(), { decide: (_head, _forward, reply) => reply(401, 'who?') });
    const socket = connect({ port: transport.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end(get());
    const pieces: Buffer[] = [];
    for await (const piece of socket) pieces.push(piece);
    expect(Buffer.concat(pieces).toString('latin1')).toMatch(/^HTTP\/1\.1 401 [\s\S]*who\?$/);
  });

  it('says 100 after the answer to the request before', async () => {
    const transport = await between(await openEcho(), {
      decide: (head, forward, reply) => (head.target === '/first' ? reply(200, 'first') : forward()),
    });
    const expecting = 'PUT /second HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n';
    const caller = callRaw(transport.port, get('/warm'));
    await caller.until(complete(1));
    const before = caller.received().length;
    caller.socket.write(get('/first') + expecting);
    await caller.until((received) => received.includes('100 Continue'));
    caller.socket.write('ok');
    const received = (await caller.until(complete(4))).slice(before);
    expect([...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '100', '200']);
  });

  it('answers a thousand pipelined requests without an upstream, in order and without piling up', async () => {
    let count = 0;
    const transport = await between(await answering(), {
      decide: (_head, _forward, reply) => {
        count += 1;
        return reply(200, String(count));
      },
    });
    const caller = callRaw(transport.port, get().repeat(1_000));
    const messages = readMessages(await caller.until(complete(1_000)));
    expect(messages.map(({ body }) => Number(body))).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
  });

  it('stops reading from a caller who pipelines and takes no answers', async () => {
    const body = 'x'.repeat(50_000);
    const transport = await between(await answering(), { decide: (_head, _forward, reply) => reply(200, body) });
    const caller = callRaw(transport.port);
    caller.socket.pause();
    caller.socket.write(get().repeat(20_000));
    await transport.ended(1);
    let before = -1;
    // The kernel's buffers fill; then no more exchanges begin.
    while (before !== transport.outcomes.length) {
      before = transport.outcomes.length;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(before).toBeLessThan(2_000);
    caller.socket.destroy();
  });

  it.each([
    ['HTTP/1.1 with Connection: close', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 'close', true],
    [
      'HTTP/1.1 with Connection: foo, Close',
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n',
      'close',
      true,
    ],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', 'close', true],
    ['HTTP/1.0 with keep-alive', 'GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n', 'keep-alive', false],
    ['HTTP/1.1', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', undefined, false],
  ])('%s', async (_name, request, connection, closes) => {
    const transport = await between(await answering());
    const caller = callRaw(transport.port, request);
    const message = readMessage(await caller.until(complete(1)));
    expect(message?.headers.connection).toBe(connection);
    if (closes) expect(await caller.closed).toBe('end');
    else expect(caller.socket.destroyed).toBe(false);
  });

  it('closes after so many requests', async () => {
    const transport = await between(await answering(), { limits: { requestsPerConnectionMax: 2 } });
    const caller = callRaw(transport.port, get() + get() + get());
    expect(await caller.closed).toBe('end');
    expect(readMessages(caller.received()).map(({ headers }) => headers.connection)).toEqual([undefined, 'close']);
  });

  it('accepts so many and no more', async () => {
    const transport = await between(await answering(), { limits: { connectionsMax: 1 } });
    const first = callRaw(transport.port, get());
    await first.until(complete(1));
    const second = callRaw(transport.port, get());
    await second.closed;
    expect(second.received()).toBe('');
    first.socket.destroy();
  });
});

describe('answers of our own', () => {
  const refusing = (options: UnderTestOptions = {}) =>
    answering().then((upstream) =>
      between(upstream, { decide: (_head, _forward, reply) => reply(401, 'no'), ...options }),
    );

  it.each([
    ['a body that came along is skipped', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello', undefined],
    ['a long body ends the connection', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\nhello', 'close'],
    [
      'a chunked body ends the connection',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
      'close',
    ],
    [
      'an expected body ends the connection',
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
      'close',
    ],
  ])('%s', async (_name, request, connection) => {
    const transport = await refusing();
    const caller = callRaw(transport.port, request);
    const message = readMessage(await caller.until(complete(1)));
    expect({ status: statusOf(message), connection: message?.headers.connection }).toEqual({ status: 401, connection });
    if (connection === 'close') {
      expect(await caller.closed).toBe('end');
    } else {
      caller.socket.write(get());
      expect(readMessages(await caller.until(complete(2))).map(statusOf)).toEqual([401, 401]);
    }
  });

  it('leaves the body out for HEAD, and states its length', async () => {
    const transport = await refusing();
    const caller = callRaw(transport.port, `HEAD / HTTP/1.1\r\nHost: a\r\n\r\n${get('/next')}`);
    const text = await caller.until((received) => received.split('HTTP/1.1 401').length === 3);
    const head = readMessage(text, true);
    expect(head?.headers['content-length']).toBe('2');
    expect(text.slice(head?.end)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('waits for a verdict that comes later', async () => {
    const transport = await between(await answering(), {
      decide: async (_head, _forward, reply) => {
        await Promise.resolve();
        return reply(403, 'später');
      },
    });
    const caller = callRaw(transport.port, get() + get());
    const messages = readMessages(await caller.until(complete(2)));
    expect(messages.map(statusOf)).toEqual([403, 403]);
    expect(messages[0]?.headers['content-length']).toBe(String(Buffer.byteLength('später')));
  });

  it('tells a late verdict that the caller is gone', async () => {
    const asked = Promise.withResolvers<void>();
    const decided = Promise.withResolvers<void>();
    const transport = await between(await answering(), {
      decide: async (_head, forward) => {
        asked.resolve();
        await decided.promise;
        return forward();
      },
    });
    const caller = callRaw(transport.port, get());
    await asked.promise;
    caller.socket.end();
    await caller.closed;
    decided.resolve();
    expect(await transport.ended(1)).toEqual([expect.objectContaining({ status: 499, aborted: true })]);
    expect(transport.stats()).toEqual({ connections: 0, exchanges: 0, upstreamConnections: 0, knownLines: 0 });
  });

  it.each<[string, Partial<Forward>]>([
    ['a line break in a header', { headers: ['x-a', 'b\r\nx-c: d'] }],
    ['a character whose low byte is a line feed', { headers: ['x-a', 'b\u010ac'] }],
    ['a space in the path', { path: '/a b' }],
    ['a line break in the path', { path: '/a HTTP/1.1\r\n\r\nGET /b' }],
    ['a line break in the method', { method: 'GET / HTTP/1.1\r\n' }],
    ['an empty path', { path: '' }],
  ])('forwards nothing of a verdict with %s', async (_name, forward) => {
    const upstream = await answering();
    const transport = await between(upstream, { forward });
    const caller = callRaw(transport.port, get());
    expect(await caller.closed).toBe('reset');
    expect(upstream.connections).toHaveLength(0);
    expect(transport.outcomes).toEqual([expect.objectContaining({ aborted: true })]);
  });

  it('outlives a verdict that can’t be carried out and came late, after a signature was checked', async () => {
    const upstream = await answering();
    const transport = await between(upstream, {
      decide: async (_head, forward) => ({ ...forward(), headers: ['x-a', 'b\r\nx-c: d'] }),
    });
    expect(await callRaw(transport.port, get()).closed).toBe('reset');
    expect(upstream.connections).toHaveLength(0);
    expect(transport.outcomes).toEqual([expect.objectContaining({ aborted: true })]);
  });

  it('outlives a handler that throws and one that rejects', async () => {
    const transport = await between(await answering(), {
      decide: (head) => {
        if (head.target === '/throw') throw new Error('broken');
        return Promise.reject(new Error('broken'));
      },
    });
    for (const target of ['/throw', '/reject']) {
      expect(await callRaw(transport.port, get(target)).closed).toBe('reset');
    }
    expect(transport.stats().exchanges).toBe(0);
  });
});

describe('the pipeline’s response headers', () => {
  it('are added, and win', async () => {
    const transport = await between(
      await answering('HTTP/1.1 200 OK\r\nX-Id: theirs\r\nx-ID: again\r\nX-Other: 1\r\nContent-Length: 0\r\n\r\n'),
      {
        forward: { responseHeaders: ['x-id', 'ours', 'x-new', '2'] },
      },
    );
    const caller = callRaw(transport.port, get());
    const text = await caller.until(complete(1));
    expect(text.match(/^x-.*$/gim)).toEqual(['x-id: ours', 'x-new: 2', 'X-Other: 1']);
  });

  it('keep the upstream’s Date', async () => {
    const transport = await between(await answering('HTTP/1.1 200 OK\r\nDate: then\r\nContent-Length: 0\r\n\r\n'));
    const caller = callRaw(transport.port, get());
    expect((await caller.until(complete(1))).match(/^date:.*$/gim)).toEqual(['Date: then']);
  });
});

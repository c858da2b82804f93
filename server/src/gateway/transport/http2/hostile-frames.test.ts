/** What no library of a client sends, frame by frame: none of it may end the process, or be taken for more than it is. */
import { connect } from 'node:http2';
import { afterEach, describe, expect, test } from 'vitest';
import { callRaw, openTransport, openUpstream, targetAt, type UnderTestOptions } from '../transport.fixture.ts';
import { data, END, fields, frame, goAway, headers, number, reset, START } from './frames.fixture.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(options: UnderTestOptions = {}) {
  const transport = await openTransport({ ...options, options: { cleartextHttp2: true } });
  closing.push(() => transport.drain(200));
  return transport;
}

/** Is anybody else served afterwards? */
async function expectServing(port: number): Promise<void> {
  const caller = callRaw(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  expect(await caller.until((text) => text.includes('\r\n\r\n'))).toMatch(/^HTTP\/1\.1 200 /);
  caller.socket.destroy();
}

describe('others are served on after', () => {
  test.each<[string, Buffer[]]>([
    [
      'more body than was announced, and a new stream behind it',
      [headers(1, { 'content-length': '3' }), data(1, 'four', END), headers(3), data(3, 'body', END)],
    ],
    ['GOAWAY with an error, and a new stream behind it', [goAway(2), headers(1), data(1, 'body', END)]],
    ['GOAWAY without one, and a new stream behind it', [goAway(0), headers(1), data(1, 'body', END)]],
    [
      'a window that overflows, and a new stream behind it',
      [frame(8, 0, 0, number(2 ** 31 - 1)), headers(1), data(1, 'b')],
    ],
    ['a stream that is reset at once, without an error', [headers(1), reset(1, 0)]],
    ['a whole request that is reset at once, without an error', [headers(1, {}, END), reset(1, 0)]],
    ['a malformed request that is reset at once, without an error', [headers(1, { te: 'gzip' }), reset(1, 0)]],
    ['a stream that is reset with an error', [headers(1), reset(1, 8)]],
  ])('%s', async (_what, frames) => {
    for (const later of [false, true]) {
      const { port } = await open({
        decide: async (_head, _forward, reply) => {
          if (later) await new Promise((resolve) => setTimeout(resolve, 5));
          return reply(200, 'yes');
        },
      });
      const caller = callRaw(port, Buffer.concat([START, ...frames]));
      await new Promise((resolve) => setTimeout(resolve, 20));
      await expectServing(port);
      caller.socket.destroy();
    }
  });

  test('a stream that is reset, without an error, before its upstream answers', async () => {
    const upstream = await openUpstream(() => {});
    closing.push(upstream.close);
    const { port, ended } = await open({
      upstreamPort: upstream.port,
      decide: (head, forward, reply) => (head.httpVersion === '2.0' ? forward() : reply(200, 'yes')),
    });
    const caller = callRaw(port, Buffer.concat([START, headers(1, {}, END), headers(3)]));
    await expect.poll(() => upstream.connections.length).toBe(2);
    caller.socket.write(Buffer.concat([reset(1, 0), reset(3, 0)]));
    expect((await ended(2)).map(({ aborted }) => aborted)).toEqual([true, true]);
    await expectServing(port);
    caller.socket.destroy();
  });

  test.each(['600', '999'])('an upstream of gRPC that answers with the status %s', async (status) => {
    const answer = Buffer.concat([frame(4, 0, 0, Buffer.alloc(0)), frame(1, 5, 1, fields({ ':status': status }))]);
    const upstream = await openUpstream((socket, received) => {
      // Behind the head, whatever that was compressed to.
      if (received.length > 80 && socket.bytesWritten === 0) socket.write(answer);
    });
    closing.push(upstream.close);
    const { port, ended } = await open({
      decide: (head, forward, reply) =>
        head.httpVersion === '2.0'
          ? { ...forward(), upstream: { ...targetAt(upstream.port), http2: true } }
          : reply(200, 'yes'),
    });
    const caller = callRaw(port, Buffer.concat([START, headers(1, { 'content-type': 'application/grpc' }, END)]));
    expect(await ended(1)).toMatchObject([{ status: 502, upstreamFailure: 'bad_response' }]);
    await expectServing(port);
    caller.socket.destroy();
  });
});

test.each(['HTTP2-Settings: a', 'Te: gzip', 'Upgrade: h2c', 'Proxy-Connection: close', 'Status: 600', '__proto__: a'])(
  'an upstream that answers with %s',
  async (line) => {
    const upstream = await openUpstream((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\n${line}\r\nContent-Length: 2\r\n\r\nok`),
    );
    closing.push(upstream.close);
    const { port, ended } = await open({ upstreamPort: upstream.port });
    const caller = callRaw(port, Buffer.concat([START, headers(1, {}, END)]));
    expect(await ended(1)).toMatchObject([{ status: 200, bytesOut: 2, aborted: false }]);
    expect(await caller.until((text) => text.includes('ok'))).toContain('ok');
    caller.socket.destroy();
  },
);

test.each([0, 8])(
  'a request that is reset at once, with %i, is recorded once, as one that nothing was sent of',
  async (code) => {
    for (const later of [false, true]) {
      const { port, ended } = await open({
        decide: (head, _forward, reply) => {
          const verdict = reply(200, 'yes');
          return later && head.httpVersion === '2.0' ? Promise.resolve(verdict) : verdict;
        },
      });
      const caller = callRaw(
        port,
        Buffer.concat([START, headers(1, {}, END), reset(1, code), headers(3), reset(3, code)]),
      );
      await ended(2);
      // What is told twice is told by now.
      await expectServing(port);
      expect(await ended(3)).toMatchObject([
        { status: 499, bytesOut: 0, aborted: true },
        { status: 499, bytesOut: 0, aborted: true },
        { status: 200, bytesOut: 3, aborted: false },
      ]);
      caller.socket.destroy();
    }
  },
);

test('a body that is broken off by a reset without an error is not taken for whole', async () => {
  const upstream = await openUpstream(() => {});
  closing.push(upstream.close);
  const { port, ended } = await open({ upstreamPort: upstream.port });
  const caller = callRaw(port, Buffer.concat([START, headers(1), data(1, 'half')]));
  await expect.poll(() => upstream.connections[0]?.received).toContain('half');
  caller.socket.write(reset(1, 0));
  await ended(1);
  expect(upstream.connections[0]?.received).not.toContain('0\r\n\r\n');
  caller.socket.destroy();
});

test.each([false, true])('who says good-bye and breaks a rule leaves nothing behind (gRPC: %s)', async (http2) => {
  const upstream = await openUpstream(() => {});
  closing.push(upstream.close);
  const { port, ended, stats } = await open({
    decide: (_head, forward) => ({ ...forward(), upstream: { ...targetAt(upstream.port), http2 } }),
  });
  // The library would neither read nor write any more, and say nothing.
  const brokenWindow = frame(8, 0, 3, Buffer.alloc(9));
  const caller = callRaw(port, Buffer.concat([START, headers(3), goAway(0), brokenWindow]));
  expect(await ended(1)).toMatchObject([{ aborted: true }]);
  await expect.poll(stats).toMatchObject({ connections: 0, exchanges: 0 });
  caller.socket.destroy();
});

test('who says good-bye and stays is served to the end', async () => {
  const upstream = await openUpstream(() => {});
  closing.push(upstream.close);
  const { port, ended } = await open({
    upstreamPort: upstream.port,
    limits: { headMilliseconds: 30, tickMilliseconds: 10 },
  });
  const client = connect(`http://127.0.0.1:${port}`);
  closing.push(() => client.destroy());
  const stream = client.request({ ':path': '/' });
  let text = '';
  stream.on('data', (piece: Buffer) => {
    text += piece;
  });
  await expect.poll(() => upstream.connections.length).toBe(1);
  client.goaway(0);
  await new Promise((resolve) => setTimeout(resolve, 150));
  upstream.connections[0]?.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  expect(await ended(1)).toMatchObject([{ status: 200, aborted: false }]);
  await expect.poll(() => text).toBe('ok');
});

test.each([false, true])('who leaves while his upstream is silent leaves nothing behind (gRPC: %s)', async (http2) => {
  const upstream = await openUpstream(() => {});
  closing.push(upstream.close);
  const { port, ended, stats } = await open({
    decide: (_head, forward) => ({ ...forward(), upstream: { ...targetAt(upstream.port), http2 } }),
  });
  const caller = callRaw(port, Buffer.concat([START, headers(1, {}, END), headers(3)]));
  await expect.poll(() => stats()).toMatchObject({ connections: 1, exchanges: 2 });
  caller.socket.end();
  expect(await ended(2)).toMatchObject([{ aborted: true }, { aborted: true }]);
  await expect.poll(() => stats()).toMatchObject({ connections: 0, exchanges: 0 });
});

test('what can’t be carried out is recorded all the same', async () => {
  const upstream = {
    get upstream(): never {
      throw new Error('on purpose');
    },
  };
  for (const later of [false, true]) {
    const { port, ended } = await open({
      decide: (head, forward, reply) => {
        if (head.method === 'GET') return reply(200, 'yes');
        const verdict = Object.defineProperties(forward(), Object.getOwnPropertyDescriptors(upstream));
        return later ? Promise.resolve(verdict) : verdict;
      },
    });
    const caller = callRaw(port, Buffer.concat([START, headers(1, {}, END)]));
    expect(await ended(1)).toMatchObject([{ status: 499, aborted: true }]);
    await expectServing(port);
    caller.socket.destroy();
  }
});

/** Bodies that are announced by nothing, come without a byte, and end before anybody takes them. */
import { createHash } from 'node:crypto';
import { connect, createServer, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { afterEach, expect, test } from 'vitest';
import type { Verdict } from '../../exchange.ts';
import { openTransport, openUpstream, targetAt, type UnderTestOptions } from '../transport.fixture.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Ends the body at once; what is to be done with it is known some turns later. @returns status and body of the answer. */
async function ask(options: UnderTestOptions, more: OutgoingHttpHeaders = {}): Promise<string> {
  const { decide } = options;
  const transport = await openTransport({
    ...options,
    options: { cleartextHttp2: true },
    decide: async (head, forward, reply): Promise<Verdict> => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return (await decide?.(head, forward, reply)) ?? forward();
    },
  });
  closing.push(() => transport.drain(100));
  const session = connect(`http://127.0.0.1:${transport.port}`);
  session.on('error', () => {});
  closing.push(() => session.destroy());
  await new Promise((resolve) => session.once('remoteSettings', resolve));
  const stream = session.request({ ':method': 'POST', ':path': '/', ...more }, { endStream: false });
  let text = '';
  stream.on('response', (headers) => {
    text += headers[':status'];
  });
  stream.on('data', (piece) => {
    text += ` ${piece}`;
  });
  stream.on('error', () => {});
  stream.end();
  await new Promise((resolve) => stream.once('close', resolve));
  return text;
}

test('one goes to an upstream of HTTP/1.1', async () => {
  const upstream = await openUpstream((socket, received) => {
    if (received.endsWith('\r\n0\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole');
  });
  closing.push(upstream.close);
  expect(await ask({ upstreamPort: upstream.port })).toBe('200 whole');
});

test('one goes to an upstream of HTTP/2', async () => {
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    stream.resume();
    stream.on('end', () => {
      stream.respond({ ':status': 200 });
      stream.end('whole');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const address = server.address();
  const upstream = { ...targetAt(address !== null && typeof address === 'object' ? address.port : 0), http2: true };
  expect(await ask({ forward: { upstream } })).toBe('200 whole');
});

test('one is seen by the pipeline', async () => {
  const answer = await ask({
    decide: (_head, _forward, reply) => ({
      ...({ kind: 'hold', bytesMax: 100 } as const),
      complete: (body) => reply(200, `${body.length} bytes`),
      incomplete: () => reply(413),
      onDone: () => {},
    }),
  });
  expect(answer).toBe('200 0 bytes');
});

test('a WebSocket that its caller has ended before it stands is no more', async () => {
  const asks = { ':method': 'CONNECT', ':protocol': 'websocket', 'sec-websocket-version': '13' };
  const webSocket = { idleMilliseconds: 60_000, totalMilliseconds: 60_000 };
  const upstream = await openUpstream((socket, received) => {
    const key = /sec-websocket-key: (\S+)/i.exec(received)?.[1] ?? '';
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Yes\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
  });
  closing.push(upstream.close);
  expect(await ask({ upstreamPort: upstream.port, forward: { webSocket } }, asks)).toBe('200');
});

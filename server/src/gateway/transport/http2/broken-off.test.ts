/** What is broken off in the middle is seen to be broken off, whichever way it goes. */
import { type ClientHttp2Stream, connect, createServer, type OutgoingHttpHeaders } from 'node:http2';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openEcho, openTransport, openUpstream, targetAt, type UnderTestOptions } from '../transport.fixture.ts';
import { headers, START } from './frames.fixture.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(options: UnderTestOptions) {
  const transport = await openTransport({ ...options, options: { cleartextHttp2: true } });
  closing.push(() => transport.drain(300));
  const session = connect(`http://127.0.0.1:${transport.port}`);
  session.on('error', () => {});
  closing.push(() => session.destroy());
  const ask = (more: OutgoingHttpHeaders): ClientHttp2Stream => {
    const stream = session.request({ ':path': '/', ...more });
    stream.on('error', () => {});
    return stream;
  };
  return { transport, ask };
}

/** @returns how it ended for whoever asked. */
async function endOf(stream: ClientHttp2Stream) {
  let text = '';
  let whole = false;
  stream.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
  });
  stream.on('end', () => {
    whole = !stream.closed;
  });
  await new Promise((resolve) => stream.once('close', resolve));
  return { text, whole, code: stream.rstCode };
}

test('an answer whose upstream breaks off after some of it has left', async () => {
  const upstream = await openUpstream((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
  });
  closing.push(upstream.close);
  const { ask } = await open({ upstreamPort: upstream.port });
  const stream = ask({});
  stream.once('data', () => upstream.connections[0]?.socket.destroy());
  expect(await endOf(stream)).toEqual({ text: 'half', whole: false, code: 2 });
});

test('an answer that may not go on', async () => {
  const upstream = await openUpstream((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
  });
  closing.push(upstream.close);
  const { ask } = await open({ upstreamPort: upstream.port, forward: { stillAllowed: () => false } });
  expect(await endOf(ask({}))).toEqual({ text: 'half', whole: false, code: 2 });
});

test.each([0, 8])('a body for an upstream of gRPC whose caller resets it with %i', async (code) => {
  const began = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<string>();
  const upstream = createServer();
  upstream.on('sessionError', () => {});
  upstream.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.on('data', () => began.resolve());
    stream.on('end', () => ended.resolve(stream.closed ? 'broken off' : 'taken for whole'));
    stream.on('close', () => ended.resolve('broken off'));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  closing.push(() => upstream.close());
  const { port } = upstream.address() as AddressInfo;
  const { ask } = await open({ forward: { upstream: { ...targetAt(port), http2: true } } });
  const stream = ask({ ':method': 'POST', 'content-type': 'application/grpc' });
  stream.write('half');
  await began.promise;
  // The library ends our half before it resets with an error; by destroying, it does not.
  if (code === 0) stream.destroy();
  else stream.destroy(new Error('enough'));
  expect(await ended.promise).toBe('broken off');
});

test('a body that is longer than the pipeline wants to see is passed on once, also where a connection stands', async () => {
  const upstream = await openEcho();
  closing.push(upstream.close);
  const { ask } = await open({
    upstreamPort: upstream.port,
    decide: (head, forward) => {
      if (!head.hasBody) return forward();
      return { kind: 'hold', bytesMax: 4, complete: forward, incomplete: forward, onDone: () => {} };
    },
  });
  expect((await endOf(ask({}))).whole).toBe(true);
  const stream = ask({ ':method': 'POST' });
  stream.end('one two three');
  expect((await endOf(stream)).text).toMatch(/\r\n\r\nd\r\none two three\r\n0\r\n\r\n$/);
});

test('a drain cuts who neither reads nor closes', async () => {
  const upstream = await openUpstream(() => {});
  closing.push(upstream.close);
  const { transport } = await open({ upstreamPort: upstream.port });
  const caller = connectTcp({ port: transport.port, host: '127.0.0.1', allowHalfOpen: true });
  caller.on('error', () => {});
  closing.push(() => caller.destroy());
  caller.write(Buffer.concat([START, headers(1)]));
  await expect.poll(() => upstream.connections.length).toBe(1);
  await transport.drain(100);
  await expect.poll(transport.stats).toMatchObject({ connections: 0, exchanges: 0 });
});

/** Callers of HTTP/2 who are done, and never close their side of the connection. */
import { connect as connectHttp2, createServer, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openTransport, targetAt, type UnderTestOptions } from '../transport.fixture.ts';
import { END, frame, headers, number, START, startWithWindow } from './frames.fixture.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(frames: Buffer[], body: string, limits: UnderTestOptions['limits'] = {}) {
  const transport = await openTransport({
    decide: (_head, _forward, reply) => reply(200, body),
    options: { cleartextHttp2: true },
    limits: { lingerMilliseconds: 50, ...limits },
  });
  closing.push(() => transport.drain(200));
  const caller: Socket = connect({ port: transport.port, host: '127.0.0.1', allowHalfOpen: true });
  caller.on('error', () => {});
  closing.push(() => caller.destroy());
  caller.write(Buffer.concat(frames));
  return { transport, caller };
}

test.each([
  ['when he asks for nothing', [START]],
  ['some time after an answer', [START, headers(1, {}, END)]],
])('a caller who never closes his side is closed %s', async (_what, frames) => {
  const { transport, caller } = await open(frames, 'ok', { headMilliseconds: 100, keepAliveMilliseconds: 100 });
  caller.resume();
  const ended = new Promise((resolve) => caller.once('end', resolve));
  await expect.poll(() => transport.stats().connections).toBe(1);
  await ended;
  await expect.poll(() => transport.stats().connections).toBe(0);
});

test('nor does he keep a drain waiting', async () => {
  const { transport, caller } = await open([START, headers(1, {}, END)], 'ok');
  caller.resume();
  await transport.ended(1);
  const startedAt = performance.now();
  await transport.drain(5_000);
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});

test('one who does not even read is cut', async () => {
  const largest = 2 ** 31 - 1;
  const { transport, caller } = await open(
    [startWithWindow(largest), frame(8, 0, 0, number(largest - 65_535)), headers(1, {}, END)],
    'x'.repeat(20_000_000),
    { callerStallMilliseconds: 200, bodyIdleMilliseconds: 100, keepAliveMilliseconds: 100 },
  );
  caller.pause();
  await transport.ended(1);
  await expect.poll(() => transport.stats().connections, { timeout: 4_000 }).toBe(0);
});

test('a call that was answered, and closed, before its upstream took it does not stay', async () => {
  let close = () => {};
  const upstream = createServer();
  upstream.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {}).pause();
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end('early');
    close = () => stream.close(0);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  closing.push(() => upstream.close());
  const { port } = upstream.address() as AddressInfo;
  const transport = await openTransport({
    options: { cleartextHttp2: true },
    forward: { upstream: { ...targetAt(port), http2: true } },
    limits: { bodyIdleMilliseconds: 100, callerStallMilliseconds: 100 },
  });
  closing.push(() => transport.drain(200));
  const session = connectHttp2(`http://127.0.0.1:${transport.port}`);
  closing.push(() => session.destroy());
  const call = session.request({ ':method': 'POST', ':path': '/', 'content-type': 'application/grpc' });
  call.on('error', () => {}).resume();
  call.write('x'.repeat(500_000));
  const told = await new Promise((resolve) => call.once('trailers', (found) => resolve(found['grpc-status'])));
  expect(told).toBe('0');
  close();
  expect(await transport.ended(1)).toMatchObject([{ status: 200, bytesOut: 5 }]);
  expect(transport.stats().exchanges).toBe(0);
});

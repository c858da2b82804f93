/** Callers of HTTP/2 who are done, and never close their side of the connection. */
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openTransport, type UnderTestOptions } from '../transport.fixture.ts';
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

/** Whatever frames come, and however they are cut: each exchange is recorded once, and nothing of a connection stays. */
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEcho, openTransport, type RawUpstream, type TransportUnderTest } from '../transport.fixture.ts';
import { data, END, frame, headers, number, reset, START, startWithWindow } from './frames.fixture.ts';

/** Long enough for a busy machine, since what is late is cut and that is right as well. */
const LIMITS = {
  headMilliseconds: 150,
  keepAliveMilliseconds: 150,
  bodyIdleMilliseconds: 150,
  callerStallMilliseconds: 150,
  lingerMilliseconds: 20,
};

let upstream: RawUpstream;
let transport: TransportUnderTest;
let asked = 0;

beforeAll(async () => {
  upstream = await openEcho();
  transport = await openTransport({
    upstreamPort: upstream.port,
    limits: LIMITS,
    options: { cleartextHttp2: true },
    decide: (head, forward, reply) => {
      asked += 1;
      const answer = () => (asked % 2 === 0 ? forward() : reply(200, 'x'.repeat(asked % 3 === 0 ? 100_000 : 1)));
      if (asked % 5 === 0) return Promise.resolve().then(answer);
      if (asked % 7 !== 0 || !head.hasBody) return answer();
      const onDone = reply(0).onDone;
      return { kind: 'hold', bytesMax: 100, complete: forward, incomplete: forward, onDone };
    },
  });
});

afterAll(async () => {
  await transport.drain(500);
  await upstream.close();
});

const stream = fc.constantFrom(1, 1, 3, 3, 5, 5, 7, 9, 0, 2);
const flags = fc.constantFrom(0, 0, END);
const code = fc.constantFrom(0, 1, 2, 7, 8);
const step = fc.constantFrom(0, 1, 65_535, 1_000_000, 2 ** 31 - 1);
const more = fc.constantFrom<Record<string, string>>(
  {},
  {},
  {},
  { ':method': 'GET' },
  { 'content-length': '3' },
  { te: 'gzip' },
  { expect: '100-continue' },
);
const anyFrame = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(more, flags).map(([fields, end]) => ({ fields, end })) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(stream, fc.constantFrom(0, 1, 3, 1_000, 16_384), flags)
      .map(([id, size, end]) => data(id, 'x'.repeat(size), end)),
  },
  { weight: 2, arbitrary: fc.tuple(stream, code).map(([id, why]) => reset(id, why)) },
  { weight: 2, arbitrary: fc.tuple(stream, step).map(([id, bytes]) => frame(8, 0, id, number(bytes))) },

  { weight: 1, arbitrary: fc.constant(frame(6, 0, 0, Buffer.alloc(8))) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat({ max: 12 }), fc.nat({ max: 255 }), stream, fc.uint8Array({ maxLength: 20 }))
      .map(([type, bits, id, payload]) => frame(type, bits, id, payload)),
  },
);
const connection = fc.record({
  start: fc.constantFrom(START, START, startWithWindow(0), startWithWindow(1_000_000)),
  frames: fc.array(anyFrame, { minLength: 1, maxLength: 16 }),
  apart: fc.boolean(),
  leaves: fc.constantFrom('stays', 'stays', 'closes his half', 'is gone'),
});
type Connection = typeof connection extends fc.Arbitrary<infer C> ? C : never;

/** Streams are opened in the order that the protocol has (RFC 9113 §5.1.1), else nothing would come of most. */
function written({ start, frames }: Connection): Buffer[] {
  let next = -1;
  return [
    start,
    ...frames.map((each) => {
      if (Buffer.isBuffer(each)) return each;
      next += 2;
      return headers(next, each.fields, each.end);
    }),
  ];
}

/** Of a caller who never closes his side by himself, but where it is said that he does. */
async function call(one: Connection): Promise<void> {
  const socket = connect({ port: transport.port, host: '127.0.0.1', allowHalfOpen: true });
  const over = new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
  socket.on('error', () => {}).resume();
  for (const each of one.apart ? written(one) : [Buffer.concat(written(one))]) {
    socket.write(each);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (one.leaves === 'closes his half') socket.end();
  if (one.leaves === 'is gone') socket.resetAndDestroy();
  await over;
  socket.destroy();
}

test('any frames at all end in a closed connection, and in one record for each request', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(connection, { minLength: 40, maxLength: 40 }), async (all) => {
      await Promise.all(all.map(call));
      await expect.poll(transport.stats, { timeout: 5_000 }).toMatchObject({ connections: 0, exchanges: 0 });
      expect(transport.outcomes).toHaveLength(asked);
    }),
    { numRuns: 6, seed: 20_261_123, endOnFailure: true },
  );
  expect(asked).toBeGreaterThan(40);
}, 30_000);

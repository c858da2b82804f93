/** Bodies that are kept until the pipeline has seen them: what it sees, what the upstream gets, and what is given back. */
import { connect } from 'node:http2';
import { afterEach, describe, expect, test } from 'vitest';
import type { Forward, Handler, Hold, Settled } from '../exchange.ts';
import {
  callRaw,
  openEcho,
  openTransport,
  openUpstream,
  readMessages,
  statusOf,
  targetAt,
  type UnderTestOptions,
} from './transport.fixture.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Judged {
  bytesMax?: number;
  later?: boolean;
  /** What becomes of a body that is too long, or finds no room; refused with 413 or 503 when left out. */
  incomplete?: 'forwarded';
}

/** Refuses bodies that hold `bad`. */
async function open(
  { bytesMax = 1000, later = false, incomplete }: Judged = {},
  { forward: changed, ...options }: Omit<UnderTestOptions, 'forward'> & { forward?: (live: number) => object } = {},
) {
  const upstream = await openEcho();
  closing.push(upstream.close);
  const bodies: string[] = [];
  let begun = 0;
  const decide: NonNullable<UnderTestOptions['decide']> = (head, forward, reply): ReturnType<Handler> => {
    begun += 1;
    if (!head.hasBody) return forward();
    const sent = (): Forward =>
      Object.defineProperties(forward(), Object.getOwnPropertyDescriptors(changed?.(upstream.port) ?? {}));
    const settled = (found: Settled) =>
      later ? new Promise<Settled>((done) => setImmediate(() => done(found))) : found;
    return {
      kind: 'hold',
      bytesMax,
      onDone: (outcome) => reply(0).onDone(outcome),
      complete(body) {
        bodies.push(body.toString('latin1'));
        return settled(body.includes('bad') ? reply(400, 'bad') : sent());
      },
      incomplete: (why) => settled(incomplete ? forward() : reply(why === 'too_large' ? 413 : 503, why)),
    } satisfies Hold;
  };
  const transport = await openTransport({ upstreamPort: upstream.port, decide, ...options });
  closing.push(() => transport.drain(300));
  /** The head was read; what came with it is taken in the same turn. */
  const hasBegun = () => expect.poll(() => begun).toBe(1);
  return { transport, upstream, bodies, hasBegun };
}

const complete = (count: number) => (received: string) =>
  readMessages(received.replaceAll('HTTP/1.1 100 Continue\r\n\r\n', '')).length >= count;
const sized = (body: string, lines = '') =>
  `POST /a HTTP/1.1\r\nHost: a\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`;
const CHUNKED = 'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
const GET = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n';

describe.each([false, true])('a body that is kept (answered later: %s)', (later) => {
  test.each<[string, string[], string, RegExp]>([
    ['of a length', [sized('hello')], 'hello', /content-length: 5\r\n\r\nhello$/],
    ['in pieces', [sized('hello').slice(0, -3), 'l', 'lo'], 'hello', /content-length: 5\r\n\r\nhello$/],
    [
      'in chunks',
      [CHUNKED, '3\r\nhel\r\n', '2;x=y\r\nlo\r\n0\r\n\r\n'],
      'hello',
      /chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/,
    ],
    ['of no chunk', [`${CHUNKED}0\r\n\r\n`], '', /chunked\r\n\r\n0\r\n\r\n$/],
  ])('%s is seen whole, and goes on as it came', async (_what, pieces, seen, sent) => {
    const { transport, bodies, upstream } = await open({ later });
    const caller = callRaw(transport.port);
    for (const piece of pieces) {
      caller.socket.write(piece);
      await new Promise((done) => setTimeout(done, 5));
    }
    caller.socket.write(GET);
    const answers = readMessages(await caller.until(complete(2)));
    expect(answers.map(statusOf)).toEqual([200, 200]);
    expect(bodies).toEqual([seen]);
    expect(answers[0]?.body).toMatch(sent);
    expect(upstream.connections).toHaveLength(1);
    expect(transport.outcomes.map(({ bytesIn, status }) => [bytesIn, status])).toEqual([
      [seen.length, 200],
      [0, 200],
    ]);
  });

  test('that is refused reaches nobody, and the connection goes on', async () => {
    const { transport, upstream } = await open({ later });
    const caller = callRaw(transport.port, sized('so bad') + sized('good') + GET);
    expect(readMessages(await caller.until(complete(3))).map(statusOf)).toEqual([400, 200, 200]);
    expect(upstream.connections[0]?.received).not.toContain('bad');
  });
});

describe('a body that is too long', () => {
  test.each<[string, string, string]>([
    ['as announced', sized('x'.repeat(2000)), '413'],
    ['in chunks', `${CHUNKED}7d0\r\n${'x'.repeat(2000)}\r\n0\r\n\r\n`, '413'],
    [
      'as announced, and asks first',
      sized('', 'Expect: 100-continue\r\n').replace('Length: 0', 'Length: 99999'),
      '413',
    ],
  ])('%s is refused', async (_what, request, status) => {
    const { transport, upstream, bodies } = await open();
    const text = await callRaw(transport.port, request).until(complete(1));
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
    expect([upstream.connections, bodies]).toEqual([[], []]);
  });

  test.each<[string, string]>([
    ['as announced', sized('x'.repeat(200_000))],
    ['in chunks', `${CHUNKED}${`1000\r\n${'x'.repeat(4096)}\r\n`.repeat(40)}0\r\n\r\n`],
  ])('%s goes on, if the pipeline will, and nothing of it is lost', async (_what, request) => {
    const { transport } = await open({ incomplete: 'forwarded' });
    const [answer] = readMessages(await callRaw(transport.port, request).until(complete(1)));
    expect(answer?.body.replaceAll(/[^x]/g, '').length).toBe(request.replaceAll(/[^x]/g, '').length);
    expect(answer?.body.endsWith(request.endsWith('0\r\n\r\n') ? '0\r\n\r\n' : 'xxx')).toBe(true);
  });

  test('no more than so much is kept of all together', async () => {
    const { transport, hasBegun } = await open({}, { limits: { heldBodiesBytesMax: 100 } });
    const first = callRaw(transport.port, sized('x'.repeat(90)).slice(0, -5));
    await hasBegun();
    expect(await callRaw(transport.port, sized('x'.repeat(50))).until(complete(1))).toMatch(/^HTTP\/1.1 503/);
    first.socket.write('xxxxx');
    expect(await first.until(complete(1))).toMatch(/^HTTP\/1.1 200/);
    expect(await callRaw(transport.port, sized('x'.repeat(90))).until(complete(1))).toMatch(/^HTTP\/1.1 200/);
  });
});

test('whoever waits to be asked is asked once', async () => {
  const { transport } = await open();
  const caller = callRaw(transport.port, sized('hello', 'Expect: 100-continue\r\n').slice(0, -5));
  await caller.until((text) => text.includes('100 Continue'));
  caller.socket.write('hello');
  const text = await caller.until(complete(1));
  expect(text.split('100 Continue')).toHaveLength(2);
  expect(text).toContain('HTTP/1.1 200');
  expect(text.toLowerCase()).not.toContain('\r\nexpect:');
});

test('a malformed chunk is refused, and the connection ends', async () => {
  const { transport, upstream } = await open();
  const caller = callRaw(transport.port, `${CHUNKED}3\r\nhel\r\nzz\r\n`);
  expect(await caller.closed).toBe('end');
  expect(caller.received()).toMatch(/^HTTP\/1.1 400/);
  expect(upstream.connections).toEqual([]);
});

test.each([false, true])('a caller who leaves is told of once (answered later: %s)', async (later) => {
  const { transport, upstream, hasBegun } = await open({ later });
  const caller = callRaw(transport.port, sized('hello').slice(0, -2));
  await hasBegun();
  caller.socket.destroy();
  const [outcome] = await transport.ended(1);
  expect(outcome).toMatchObject({ status: 499, aborted: true, bytesIn: 3 });
  expect(upstream.connections).toEqual([]);
  expect(transport.outcomes).toHaveLength(1);
});

test('a caller who stops sending is refused in time', async () => {
  const { transport } = await open({}, { limits: { bodyIdleMilliseconds: 30 } });
  expect(await callRaw(transport.port, sized('hello').slice(0, -2)).until(complete(1))).toMatch(/^HTTP\/1.1 408/);
});

test('is tried again at another target, as long as nothing was sent', async () => {
  const gone = await openUpstream(() => {});
  await gone.close();
  let to = gone.port;
  const { transport } = await open(
    {},
    {
      forward: (live) => ({
        get upstream() {
          return targetAt(to);
        },
        retry() {
          to = live;
          return 0;
        },
      }),
    },
  );
  const [answer] = readMessages(await callRaw(transport.port, sized('hello')).until(complete(1)));
  expect(answer?.body).toMatch(/\r\n\r\nhello$/);
});

test('over HTTP/2 as well', async () => {
  const { transport, bodies } = await open({}, { options: { cleartextHttp2: true } });
  const session = connect(`http://127.0.0.1:${transport.port}`);
  closing.push(async () => session.destroy());
  const post = (body: string) =>
    new Promise<[number | undefined, string]>((resolve) => {
      const stream = session.request({ ':method': 'POST', ':path': '/a' });
      let status: number | undefined;
      let text = '';
      stream.on('response', (head) => {
        status = head[':status'];
      });
      stream.on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1');
      });
      stream.on('close', () => resolve([status, text]));
      stream.write(body.slice(0, 2));
      stream.end(body.slice(2));
    });
  expect(await post('so bad')).toEqual([400, 'bad']);
  expect((await post('hello'))[1]).toMatch(/chunked\r\n\r\n(?:[0-9a-f]+\r\n[a-z]+\r\n)+0\r\n\r\n$/);
  expect((await post('x'.repeat(2000)))[0]).toBe(413);
  expect(bodies).toEqual(['so bad', 'hello']);
});

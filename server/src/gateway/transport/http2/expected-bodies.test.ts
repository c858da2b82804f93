/** Callers of HTTP/2 who wait to be asked for their body (RFC 9110 §10.1.1). */
import { type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';
import { afterEach, expect, test } from 'vitest';
import { openEcho, openTransport, type UnderTestOptions } from '../transport.fixture.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Sends the body when it is asked for. @returns the statuses in their order, and what came behind. */
async function ask(more: OutgoingHttpHeaders, options: UnderTestOptions = {}, body = 'hello') {
  const upstream = await openEcho();
  closing.push(upstream.close);
  const transport = await openTransport({
    upstreamPort: upstream.port,
    ...options,
    limits: { bodyIdleMilliseconds: 500 },
    options: { cleartextHttp2: true },
  });
  closing.push(() => transport.drain(300));
  const session = connect(`http://127.0.0.1:${transport.port}`);
  closing.push(async () => session.destroy());
  const stream: ClientHttp2Stream = session.request({ ':method': 'POST', ':path': '/', ...more });
  const statuses: unknown[] = [];
  let text = '';
  stream.on('headers', (headers) => {
    statuses.push(headers[':status']);
    stream.end(body);
  });
  stream.on('response', (headers) => statuses.push(headers[':status']));
  stream.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
  });
  stream.on('error', () => {});
  await new Promise((resolve) => stream.once('close', resolve));
  return { statuses, text };
}

test.each<[string, OutgoingHttpHeaders]>([
  ['of a length', { expect: '100-continue', 'content-length': '5' }],
  ['of no length', { expect: '100-Continue' }],
])('a body %s is asked for once the upstream stands, which is not told of it', async (_what, more) => {
  const { statuses, text } = await ask(more);
  expect(statuses).toEqual([100, 200]);
  expect(text).toContain('hello');
  expect(text).not.toMatch(/expect:/i);
});

test('a body that the pipeline wants to see is asked for', async () => {
  const { statuses, text } = await ask(
    { expect: '100-continue', 'content-length': '5' },
    {
      decide: (_head, forward, reply) => ({
        kind: 'hold',
        bytesMax: 100,
        complete: (body) => reply(200, `seen: ${body.toString('latin1')}`),
        incomplete: () => forward(),
        onDone: () => {},
      }),
    },
  );
  expect([statuses, text]).toEqual([[100, 200], 'seen: hello']);
});

test.each<[string, OutgoingHttpHeaders, UnderTestOptions, number]>([
  ['whose request is refused', { expect: '100-continue' }, { decide: (_head, _forward, reply) => reply(401) }, 401],
  ['who expects something else', { expect: 'tea' }, {}, 408],
])('nobody is asked %s', async (_what, more, options, status) => {
  expect((await ask(more, options)).statuses).toEqual([status]);
});

/** Callers of HTTP/2 who wait to be asked for their body (RFC 9110 §10.1.1). */
import {
  type ClientHttp2Stream,
  connect,
  createServer,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openEcho, openTransport, targetAt, type UnderTestOptions } from '../transport.fixture.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

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
  return askAt(transport.port, more, body);
}

/** Sends the body when it is asked for. @returns the statuses in their order, and what came behind. */
async function askAt(port: number, more: OutgoingHttpHeaders, body = 'hello') {
  const session = connect(`http://127.0.0.1:${port}`);
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

/** It speaks HTTP/2 as those of gRPC do, and answers when it has the body. */
async function openHttp2Echo() {
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream) => {
    let text = '';
    stream.on('error', () => {});
    stream.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
    });
    stream.on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  return { ...targetAt(port), http2: true };
}

test('so is that of a call of gRPC, on a connection to its upstream that is new, and on one that stands', async () => {
  const upstream = await openHttp2Echo();
  const transport = await openTransport({
    forward: { upstream, headers: ['content-type', 'application/grpc'] },
    limits: { bodyIdleMilliseconds: 500 },
    options: { cleartextHttp2: true },
  });
  closing.push(() => transport.drain(300));
  const call = { expect: '100-continue', 'content-type': 'application/grpc', te: 'trailers' };
  for (let count = 0; count < 2; count += 1) {
    expect(await askAt(transport.port, call)).toEqual({ statuses: [100, 200], text: 'hello' });
  }
});

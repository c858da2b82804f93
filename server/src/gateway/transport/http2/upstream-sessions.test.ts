/** How calls are spread over connections to an upstream that takes a few at a time. */
import { connect, createServer, type ServerHttp2Stream } from 'node:http2';
import { afterEach, expect, test } from 'vitest';
import { openTransport, targetAt } from '../transport.fixture.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test('who keeps as many calls open as the upstream takes on a connection lets others through', async () => {
  const server = createServer({ settings: { maxConcurrentStreams: 2 } });
  const hanging: ServerHttp2Stream[] = [];
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200 });
    if (headers[':path'] === '/hang') hanging.push(stream);
    else stream.end('answered');
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const address = server.address();
  const upstream = { ...targetAt(address !== null && typeof address === 'object' ? address.port : 0), http2: true };
  const transport = await openTransport({
    options: { cleartextHttp2: true },
    decide: (head, forward) => ({ ...forward(), path: head.target, upstream }),
  });
  closing.push(() => transport.drain(200));
  const client = connect(`http://127.0.0.1:${transport.port}`);
  closing.push(() => client.destroy());
  const call = (path: string) => {
    const stream = client.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
    stream.on('error', () => {});
    stream.end();
    return stream;
  };
  const answered = async () => {
    let text = '';
    for await (const piece of call('/answer')) text += piece;
    return text;
  };
  // Its connection stands, and has said how many it takes.
  expect(await answered()).toBe('answered');
  const calls = Array.from({ length: 5 }, () => call('/hang').resume());
  await expect.poll(() => hanging.length).toBe(5);
  expect(await answered()).toBe('answered');
  expect(sessions.size).toBe(3);
  // What ended makes room: no further connection is opened for what comes then.
  for (const each of calls) each.close();
  await expect.poll(() => transport.stats().exchanges).toBe(0);
  expect(await Promise.all([answered(), answered(), answered()])).toEqual(Array(3).fill('answered'));
  expect(sessions.size).toBe(3);
});

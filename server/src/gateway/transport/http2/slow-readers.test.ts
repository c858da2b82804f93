/** Callers who don't take what they asked for, or never end: none of them may keep an exchange for as long as he likes. */
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { afterEach, describe, expect, test } from 'vitest';
import { callRaw, openTransport, openUpstream, targetAt } from '../transport.fixture.ts';
import { END, frame, headers, number, startWithWindow } from './frames.fixture.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const STALL = 60;

/** Answers with so many bytes, and ends then or goes on for ever. */
async function openGrpcUpstream(bytes: number, ends: boolean) {
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200 });
    stream.write(Buffer.alloc(bytes));
    if (ends) stream.end();
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const address = server.address();
  return { ...targetAt(address !== null && typeof address === 'object' ? address.port : 0), http2: true };
}

async function open(upstream: ReturnType<typeof targetAt> & { http2?: boolean }, reply?: string, more: object = {}) {
  const limits = { callerStallMilliseconds: STALL, bodyIdleMilliseconds: STALL, keepAliveMilliseconds: STALL };
  const transport = await openTransport({
    limits: { ...limits, tickMilliseconds: 10, ...more },
    options: { cleartextHttp2: true },
    decide: (_head, forward, answer) => (reply === undefined ? { ...forward(), upstream } : answer(200, reply)),
  });
  closing.push(() => transport.drain(200));
  return transport;
}

const GRPC = { 'content-type': 'application/grpc' };
const ends = (stats: () => unknown) => expect.poll(stats).toMatchObject({ connections: 0, exchanges: 0 });

describe('of a gRPC upstream', () => {
  test.each<[string, { bytes: number; ends: boolean; window: number; flags: number; more: Record<string, string> }]>([
    ['takes nothing of an endless answer', { bytes: 300_000, ends: false, window: 0, flags: END, more: {} }],
    ['takes nothing of a whole one', { bytes: 10, ends: true, window: 0, flags: END, more: {} }],
    ['takes all of it and never ends', { bytes: 10, ends: true, window: 65_535, flags: 0, more: {} }],
    ['takes nothing, and is late', { bytes: 10, ends: false, window: 0, flags: END, more: { 'grpc-timeout': '400m' } }],
    ['is late, and never ends', { bytes: 10, ends: false, window: 65_535, flags: 0, more: { 'grpc-timeout': '400m' } }],
  ])('who %s', async (_what, { bytes, ends: whole, window, flags, more }) => {
    const { port, stats, ended } = await open(await openGrpcUpstream(bytes, whole));
    const caller = callRaw(port, Buffer.concat([startWithWindow(window), headers(1, { ...GRPC, ...more }, flags)]));
    expect(await ended(1)).toMatchObject([{ status: 200 }]);
    await ends(stats);
    caller.socket.destroy();
  });

  test('who never ends where nobody answers', async () => {
    const { port, stats, ended } = await open({ ...targetAt(1), http2: true });
    const caller = callRaw(port, Buffer.concat([startWithWindow(0), headers(1, GRPC), headers(3)]));
    expect(await ended(2)).toMatchObject([{ status: 502 }, { status: 502 }]);
    await ends(stats);
    caller.socket.destroy();
  });

  test('who is slow and takes it in the end is served', async () => {
    const { port, ended } = await open(await openGrpcUpstream(40_000, true));
    const caller = callRaw(port, Buffer.concat([startWithWindow(0), headers(1, GRPC, END)]));
    await new Promise((resolve) => setTimeout(resolve, STALL / 2));
    caller.socket.write(frame(8, 0, 1, number(65_535)));
    expect(await ended(1)).toMatchObject([{ status: 200, bytesOut: 40_000, aborted: false }]);
    caller.socket.destroy();
  });
});

test.each(['an answer of an upstream', 'an answer of ours'])('who takes nothing of %s', async (whose) => {
  const upstream = await openUpstream((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'));
  closing.push(upstream.close);
  const { port, stats } = await open(targetAt(upstream.port), whose.endsWith('ours') ? 'abc' : undefined);
  const caller = callRaw(port, Buffer.concat([startWithWindow(0), headers(1, {}, END), headers(3)]));
  await expect.poll(stats).toMatchObject({ connections: 1, exchanges: 2 });
  await ends(stats);
  caller.socket.destroy();
});

test('who takes it late and never ends is waited for as long as who took it at once', async () => {
  const { port, stats } = await open(targetAt(1), 'abc', { callerStallMilliseconds: 60_000 });
  const caller = callRaw(port, Buffer.concat([startWithWindow(0), headers(3)]));
  // When it was looked at for the first time, nothing was taken yet.
  await new Promise((resolve) => setTimeout(resolve, 3 * STALL));
  expect(stats()).toMatchObject({ connections: 1, exchanges: 1 });
  caller.socket.write(frame(8, 0, 3, number(65_535)));
  await ends(stats);
  caller.socket.destroy();
});

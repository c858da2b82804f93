/** What an upstream of gRPC may answer with, frame by frame, and what its caller is told of it. */
import { connect } from 'node:http2';
import { afterEach, expect, test } from 'vitest';
import { openTransport, openUpstream, targetAt } from '../transport.fixture.ts';
import { data, END, fields, frame, goAway, number, reset, SETTINGS } from './frames.fixture.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const END_HEADERS = 4;
const head = (more: Record<string, string> = {}, flags = 0) =>
  frame(1, END_HEADERS | flags, 1, fields({ ':status': '200', 'content-type': 'application/grpc', ...more }));
const trailers = (more: Record<string, string>) => frame(1, END_HEADERS | END, 1, fields(more));
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-${at}`, 'y']));

/** A field longer than a frame is (RFC 7541 §5.1), in a block of several (RFC 9113 §6.10). */
function longBlock(before: Record<string, string>, bytes: number, flags: number): Buffer {
  const length: number[] = [127];
  let left = bytes - 127;
  for (; left >= 128; left = Math.floor(left / 128)) length.push((left % 128) | 128);
  const field = Buffer.concat([Buffer.from([0, 1, 0x78, ...length, left]), Buffer.alloc(bytes, 0x61)]);
  const block = Buffer.concat([fields(before), field]);
  const frames: Buffer[] = [];
  for (let at = 0; at < block.length; at += 16_000) {
    const last = at + 16_000 >= block.length ? END_HEADERS : 0;
    frames.push(frame(at === 0 ? 1 : 9, last | (at === 0 ? flags : 0), 1, block.subarray(at, at + 16_000)));
  }
  return Buffer.concat(frames);
}

const BROKEN = { status: 502, aborted: false };
const CUT = { status: 200, aborted: true };
const PASSED = { status: 200, aborted: false };

test.each<[string, Buffer[], object]>([
  ['all as it should be', [head(), data(1, 'x'), trailers({ 'grpc-status': '0' })], PASSED],
  ['no trailers', [head(), data(1, 'x', END)], PASSED],
  ['a reset without an error before the end', [head(), data(1, 'x'), reset(1, 0)], CUT],
  ['a reset without an error after the head', [head(), reset(1, 0)], CUT],
  ['a reset with one', [head(), data(1, 'x'), reset(1, 2)], CUT],
  ['less than was announced', [head({ 'content-length': '5' }), data(1, 'x', END)], CUT],
  ['a field of the connection', [head({ connection: 'close' }), data(1, 'x', END)], BROKEN],
  ['trailers of the connection', [head(), trailers({ 'grpc-status': '0', te: 'gzip' })], CUT],
  ['trailers with a status of HTTP', [head(), trailers({ ':status': '200' })], CUT],
  ['a long head', [longBlock({ ':status': '200' }, 40_000, 0), data(1, 'x', END)], BROKEN],
  ['a head of many fields', [head(many(120)), data(1, 'x', END)], BROKEN],
  ['long trailers', [head(), data(1, 'x'), longBlock({ 'grpc-status': '0' }, 100_000, END)], CUT],
  ['trailers of many fields', [head(), data(1, 'x'), trailers(many(120))], CUT],
  ['GOAWAY', [goAway(2)], BROKEN],
  ['many interim answers', [...Array(300).fill(frame(1, 4, 1, fields({ ':status': '103' }))), head({}, END)], PASSED],
  ['a window that can’t be', [frame(8, 0, 1, number(0))], BROKEN],
])('%s', async (_what, frames, outcome) => {
  const upstream = await openUpstream((socket, received) => {
    // Behind the head, whatever that was compressed to.
    if (received.length > 80 && socket.bytesWritten === 0) socket.write(Buffer.concat([SETTINGS, ...frames]));
  });
  closing.push(upstream.close);
  const transport = await openTransport({
    options: { cleartextHttp2: true },
    decide: (asked, forward, reply) =>
      asked.target === '/other'
        ? reply(200, 'other')
        : { ...forward(), upstream: { ...targetAt(upstream.port), http2: true } },
  });
  closing.push(() => transport.drain(200));
  const client = connect(`http://127.0.0.1:${transport.port}`);
  client.on('error', () => {});
  closing.push(() => client.destroy());
  const call = client.request({ ':method': 'POST', ':path': '/', 'content-type': 'application/grpc' });
  call.on('error', () => {});
  call.resume().end('hello');
  expect(await transport.ended(1)).toMatchObject([outcome]);
  // What else goes on with this caller goes on.
  const other = client.request({ ':path': '/other' });
  let text = '';
  for await (const piece of other) text += piece;
  expect(text).toBe('other');
});

test('trailers say nothing that a head may not', async () => {
  const sent = { 'grpc-status': '0', 'x-own': '1', 'set-cookie': 'gatehouse_session=planted', trailer: 'x-own' };
  const upstream = await openUpstream((socket, received) => {
    if (received.length > 80 && socket.bytesWritten === 0)
      socket.write(Buffer.concat([SETTINGS, head(), data(1, 'x'), trailers(sent)]));
  });
  closing.push(upstream.close);
  const transport = await openTransport({
    options: { cleartextHttp2: true },
    forward: { upstream: { ...targetAt(upstream.port), http2: true } },
  });
  closing.push(() => transport.drain(200));
  const client = connect(`http://127.0.0.1:${transport.port}`);
  closing.push(() => client.destroy());
  const call = client.request({ ':method': 'POST', ':path': '/', 'content-type': 'application/grpc' });
  call.resume().end('hello');
  const told = await new Promise((resolve) => call.once('trailers', (found) => resolve(Object.entries(found))));
  expect(told).toEqual(Object.entries({ 'grpc-status': '0', 'x-own': '1' }));
});

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { constants } from 'node:os';
import { setImmediate as turnEnds } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { afterEach, expect, it, vi } from 'vitest';
import { DirectWrites } from './direct-write.ts';
import { SendBuffer } from './send-buffer.ts';
import { type Pair, socketPair } from './socket-pair.fixture.ts';
import { Turn } from './turn.ts';

const { EPIPE } = constants.errno;
const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});

async function pair(): Promise<Pair> {
  const made = await socketPair();
  closing.push(made.close);
  return made;
}

/** Writes until the kernel has no more room. @returns all that was written. */
function fill(direct: DirectWrites, socket: Socket): string {
  let sent = '';
  for (let number = 0; !direct.isBehind(socket); number += 1) {
    const piece = `${number};`.padEnd(8_000, String.fromCharCode(97 + (number % 26)));
    expect(direct.write(socket, Buffer.from(piece))).toBe(!direct.isBehind(socket));
    sent += piece;
  }
  return sent;
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for await (const piece of socket) text += piece;
  return text;
}

it('what the kernel takes at once the stream never hears of', async () => {
  const direct = new DirectWrites();
  const { near, far } = await pair();
  const write = vi.spyOn(near, 'write');
  expect(direct.write(near, Buffer.from('one '))).toBe(true);
  expect(direct.write(near, Buffer.from('two'))).toBe(true);
  expect(direct.isBehind(near)).toBe(false);
  near.end();
  expect(await readAll(far)).toBe('one two');
  expect(write).not.toHaveBeenCalled();
});

it('what it does not take arrives when there is room, before what is written later and before the end', async () => {
  const direct = new DirectWrites();
  const { near, far } = await pair();
  const sent = fill(direct, near);
  near.write('by the stream');
  near.end();
  expect((await readAll(far)) === `${sent}by the stream`).toBe(true);
  expect(direct.isBehind(near)).toBe(false);
});

it('nobody writes over it meanwhile, and its memory is used again afterwards', async () => {
  const direct = new DirectWrites();
  const out = new SendBuffer(new Turn(), direct);
  const [slow, quick] = [await pair(), await pair()];
  quick.far.resume();
  let sent = '';
  const say = async (length: number) => {
    const piece = `${sent.length};`.padEnd(length, 's');
    sent += piece;
    out.say(slow.near, piece);
    await turnEnds();
  };
  while (!direct.isBehind(slow.near)) await say(9_000);
  for (let turn = 0; turn < 60; turn += 1) {
    out.say(quick.near, 'q'.repeat(15_000));
    if (turn % 10 === 0) await say(10);
    await turnEnds();
  }
  slow.near.end();
  expect((await readAll(slow.far)) === sent).toBe(true);
  expect(direct.isBehind(slow.near)).toBe(false);
});

it('what comes behind it is counted by the stream, which says when its sender has to wait', async () => {
  const direct = new DirectWrites();
  const out = new SendBuffer(new Turn(), direct);
  const { near, far } = await pair();
  fill(direct, near);
  for (let turn = 0; turn < 5; turn += 1) {
    out.say(near, 'x'.repeat(15_000));
    await turnEnds();
  }
  expect(near.writableLength).toBe(75_000);
  expect(near.writableNeedDrain).toBe(true);
  far.resume();
  await once(near, 'drain');
  expect(direct.isBehind(near)).toBe(false);
});

it('a socket that is destroyed meanwhile is done with, and no error comes of it', async () => {
  const direct = new DirectWrites();
  const { near } = await pair();
  const failed = vi.fn();
  near.on('error', failed);
  fill(direct, near);
  near.destroy();
  await once(near, 'close');
  expect(direct.isBehind(near)).toBe(false);
  expect(failed).not.toHaveBeenCalled();
});

it('a connection that is reset meanwhile says so by its socket', async () => {
  const direct = new DirectWrites();
  const { near, far } = await pair();
  fill(direct, near);
  const failed = once(near, 'error');
  const closed = new Promise((resolve) => near.once('close', resolve));
  far.resetAndDestroy();
  const [error] = await failed;
  expect(['ECONNRESET', 'EPIPE']).toContain(error.code);
  await closed;
  expect(direct.isBehind(near)).toBe(false);
});

it('a rest that can’t be written is an error of its socket', async () => {
  const direct = new DirectWrites();
  const { near } = await pair();
  const requests: { oncomplete(status: number): void }[] = [];
  const handle: { writeBuffer(request: (typeof requests)[number], bytes: Buffer): number } = Reflect.get(
    near,
    '_handle',
  );
  const write = handle.writeBuffer.bind(handle);
  vi.spyOn(handle, 'writeBuffer').mockImplementation((request, bytes) => {
    requests.push(request);
    return write(request, bytes);
  });
  fill(direct, near);
  const failed = once(near, 'error');
  requests.at(-1)?.oncomplete(-EPIPE);
  const [error] = await failed;
  expect(error).toMatchObject({ code: 'EPIPE', syscall: 'write' });
});

it('what can’t be written at all is left to the stream, and so is its error', async () => {
  const { near } = await pair();
  const out = new SendBuffer(new Turn());
  vi.spyOn(Reflect.get(near, '_handle'), 'writeBuffer').mockReturnValue(-EPIPE);
  const failed = once(near, 'error');
  out.say(near, 'nobody is there');
  const [error] = await failed;
  expect(error).toMatchObject({ code: 'EPIPE', syscall: 'write' });
});

it('leaves to the stream what is not plain, not connected, ended, corked, or has a timeout to begin anew', async () => {
  const direct = new DirectWrites();
  const bytes = Buffer.from('?');
  const tls = await pair();
  expect(direct.write(new TLSSocket(tls.near), bytes)).toBeUndefined();
  const { remotePort: port = 0 } = tls.near;
  const connecting = connect(port, '127.0.0.1');
  closing.push(() => connecting.destroy());
  expect(direct.write(connecting, bytes)).toBeUndefined();
  const { near } = await pair();
  near.cork();
  expect(direct.write(near, bytes)).toBeUndefined();
  near.uncork();
  near.setTimeout(1_000);
  expect(direct.write(near, bytes)).toBeUndefined();
  near.setTimeout(0);
  expect(direct.write(near, bytes)).toBe(true);
  near.end();
  expect(direct.write(near, bytes)).toBeUndefined();
  near.destroy();
  expect(direct.write(near, bytes)).toBeUndefined();
});

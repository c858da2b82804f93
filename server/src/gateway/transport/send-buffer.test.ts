import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { setImmediate as turnEnds } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DirectWrites } from './direct-write.ts';
import { SendBuffer } from './send-buffer.ts';
import { type Pair, socketPair } from './socket-pair.fixture.ts';
import { Turn } from './turn.ts';

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});

async function pair(): Promise<Pair> {
  const made = await socketPair();
  closing.push(made.close);
  return made;
}

/** What is written, in its order, and by which way; the kernel takes all of it. */
function watched(): {
  out: SendBuffer;
  written: { to: Socket; text: string; way: 'direct' | 'stream' }[];
  watch(socket: Socket): void;
} {
  const written: { to: Socket; text: string; way: 'direct' | 'stream' }[] = [];
  const direct = new DirectWrites();
  vi.spyOn(direct, 'write').mockImplementation(
    (to, bytes) => written.push({ to, text: String(bytes), way: 'direct' }) > 0,
  );
  const watch = (to: Socket) =>
    void vi
      .spyOn(to, 'write')
      .mockImplementation((bytes) => written.push({ to, text: String(bytes), way: 'stream' }) > 0);
  return { out: new SendBuffer(new Turn(), direct), written, watch };
}

async function readAll(socket: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece);
  return Buffer.concat(pieces).toString('latin1');
}

describe('short messages', () => {
  it('wait for the end of the turn, and leave in the order in which they were sent', async () => {
    const { out, written } = watched();
    const [one, two] = [await pair(), await pair()];
    out.say(one.near, 'a');
    out.say(two.near, 'b');
    out.say(one.near, 'c');
    expect(written).toEqual([]);
    await turnEnds();
    expect(written.map(({ to, text }) => [to === one.near, text])).toEqual([
      [true, 'a'],
      [false, 'b'],
      [true, 'c'],
    ]);
  });

  it('to one socket are one write', async () => {
    const { out, written } = watched();
    const { near } = await pair();
    out.say(near, 'head ');
    out.say(near, Buffer.from('body'));
    await turnEnds();
    expect(written.map(({ text }) => text)).toEqual(['head body']);
  });

  it('leave at once when they are asked for, as before the end of a socket', async () => {
    const out = new SendBuffer(new Turn());
    const { near, far } = await pair();
    out.say(near, 'last words');
    out.flush();
    near.end();
    expect(await readAll(far)).toBe('last words');
  });

  it('are dropped with a socket that was destroyed meanwhile, and the others arrive', async () => {
    const out = new SendBuffer(new Turn());
    const [gone, here] = [await pair(), await pair()];
    out.say(gone.near, 'nobody reads this');
    out.say(here.near, 'somebody reads this');
    gone.near.destroy();
    await turnEnds();
    here.near.end();
    expect(await readAll(here.far)).toBe('somebody reads this');
  });

  it('that were begun and never sent reach nobody else', async () => {
    const out = new SendBuffer(new Turn());
    const { near, far } = await pair();
    const { near: other } = await pair();
    out.say(near, 'before ');
    out.open(other);
    out.text('half a message');
    out.say(near, 'and after');
    await turnEnds();
    near.end();
    expect(await readAll(far)).toBe('before and after');
  });

  it('to what is no socket leave at once', () => {
    const taken: string[] = [];
    const sink = new Writable({
      write(chunk, _encoding, done) {
        taken.push(String(chunk));
        done();
      },
    });
    new SendBuffer(new Turn()).say(sink, 'now');
    expect(taken).toEqual(['now']);
  });

  it('are as many as come, and none is mistaken for another', async () => {
    const out = new SendBuffer(new Turn());
    const pairs = await Promise.all(Array.from({ length: 24 }, pair));
    const sent = pairs.map(() => '');
    // 24 × 40 × 900 bytes: the slab is full several times over within one turn.
    for (let round = 0; round < 40; round += 1) {
      for (const [index, { near }] of pairs.entries()) {
        const text = `${index}:${round};`.padEnd(900, String.fromCharCode(97 + index));
        sent[index] += text;
        out.say(near, text);
      }
    }
    await turnEnds();
    for (const { near } of pairs) near.end();
    expect(await Promise.all(pairs.map(({ far }) => readAll(far)))).toEqual(sent);
  });
});

describe('a long message', () => {
  it('leaves at once, behind what waits, and by the stream, which tells its sender to wait', async () => {
    const { out, written, watch } = watched();
    const { near } = await pair();
    watch(near);
    out.say(near, 'first');
    out.say(near, 'x'.repeat(20_000));
    expect(written.map(({ text, way }) => [text.length, way])).toEqual([
      [5, 'direct'],
      [20_000, 'stream'],
    ]);
  });

  it('that a slow reader does not take is not written over by what others are sent', async () => {
    const out = new SendBuffer(new Turn());
    const [slow, quick] = [await pair(), await pair()];
    let expected = '';
    let forQuick = '';
    // More than both kernels' buffers hold; after that everything stays in memory.
    for (let index = 0; index < 400; index += 1) {
      const long = String.fromCharCode(97 + (index % 26)).repeat(20_000);
      const short = `(${index})`;
      expected += long + short;
      forQuick += short;
      out.say(slow.near, long);
      out.say(slow.near, short);
      out.say(quick.near, short);
      if (index % 7 === 0) await turnEnds();
    }
    expect(slow.near.writableLength).toBeGreaterThan(0);
    out.flush();
    slow.near.end();
    quick.near.end();
    expect(await readAll(quick.far)).toBe(forQuick);
    expect((await readAll(slow.far)) === expected).toBe(true);
  });

  it('nor by what others are sent in later turns, when they take it at once', async () => {
    const out = new SendBuffer(new Turn());
    const [slow, quick] = [await pair(), await pair()];
    let expected = '';
    // The second that finds no room has its first bytes with the kernel, and the rest of it in the slab.
    for (let index = 0; slow.near.writableLength === 0; index += 1) {
      const long = String.fromCharCode(97 + (index % 26)).repeat(60_000);
      expected += long;
      out.say(slow.near, long);
    }
    for (let turn = 0; turn < 8; turn += 1) {
      out.say(quick.near, 'of somebody else '.repeat(turn % 2 === 0 ? 900 : 4000));
      await turnEnds();
    }
    slow.near.end();
    expect((await readAll(slow.far)) === expected).toBe(true);
  });

  it('holds no more memory than what is left of it, however much others are sent meanwhile', async () => {
    const out = new SendBuffer(new Turn());
    const { near: slow } = await pair();
    const others = await Promise.all([pair(), pair(), pair()]);
    while (slow.writableLength === 0) out.say(slow, 'x'.repeat(60_000));
    const write = vi.spyOn(slow, 'write');
    for (let turn = 0; turn < 40; turn += 1) {
      for (const { near, far } of others) {
        out.say(near, 'y'.repeat(16_000));
        far.resume();
      }
      out.say(slow, 'z');
      await turnEnds();
    }
    const held = new Set(write.mock.calls.map(([bytes]) => (bytes instanceof Uint8Array ? bytes.buffer : undefined)));
    expect([...held].reduce((sum, memory) => sum + (memory?.byteLength ?? 0), 0)).toBe(40);
  });
});

describe('what slow readers leave lying', () => {
  const SLOW = 1200;

  /** Others are sent much in the same turn, which is when it costs most. @returns bytes of memory that it holds. */
  async function heldBy(length: number, place: 'first' | 'last'): Promise<number> {
    const direct = new DirectWrites();
    const held = new Set<ArrayBufferLike>();
    const behind = new Set<Socket>();
    const quick = Array.from({ length: 9 }, () => new Socket());
    vi.spyOn(direct, 'isBehind').mockImplementation((socket) => behind.has(socket));
    vi.spyOn(direct, 'behind', 'get').mockImplementation(() => behind.size);
    vi.spyOn(direct, 'write').mockImplementation((socket, bytes) => {
      if (quick.includes(socket)) return true;
      held.add(bytes.buffer);
      behind.add(socket);
      return false;
    });
    const out = new SendBuffer(new Turn(), direct);
    for (let index = 0; index < SLOW; index += 1) {
      const slow = new Socket();
      vi.spyOn(slow, 'write').mockImplementation((bytes) => {
        if (bytes instanceof Uint8Array) held.add(bytes.buffer);
        Object.defineProperty(slow, 'writableLength', { value: length });
        return false;
      });
      if (place === 'first') out.say(slow, 'x'.repeat(length));
      for (const socket of quick) out.say(socket, 'y'.repeat(15_000));
      if (place === 'last') out.say(slow, 'x'.repeat(length));
      await turnEnds();
    }
    return [...held].reduce((sum, memory) => sum + memory.byteLength, 0);
  }

  it.each([
    [300, 'first'],
    [20_000, 'last'],
  ] as const)(
    'is 64 MiB of slabs, however many they are, and beyond that no more than it is: %i bytes',
    async (length, place) => {
      expect(await heldBy(length, place)).toBeLessThan(65 * 2 ** 20 + SLOW * length);
    },
  );

  it('gives its place to others when it was taken', async () => {
    const out = new SendBuffer(new Turn());
    const { near, far } = await pair();
    far.resume();
    for (let count = 0; count < 300; count += 1) {
      out.say(near, 'x'.repeat(20_000));
      do await turnEnds();
      while (near.writableLength > 0);
    }
    const write = vi.spyOn(near, 'write');
    out.say(near, 'x'.repeat(20_000));
    const [piece] = write.mock.calls[0] ?? [];
    expect(piece instanceof Uint8Array && piece.buffer.byteLength).toBe(256 * 1024);
  });
});

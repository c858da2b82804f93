import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { Turn } from './turn.ts';
import { UpstreamConnection } from './upstream-connection.ts';

const turnOver = () => new Promise((resolve) => setImmediate(resolve));

describe('what is read within a turn', () => {
  test('is handed out when the turn ends, in order, before what is to be done at its end', async () => {
    const turn = new Turn();
    const seen: string[] = [];
    turn.onEnd(() => seen.push('end'));
    const shared = Buffer.alloc(16);
    const listener = (name: string) => (bytes: Buffer, start: number, end: number) =>
      void seen.push(`${name} ${bytes.toString('latin1', start, end)}`);
    const [a, b] = [listener('a'), listener('b')];
    for (const [text, to] of [
      ['one', a],
      ['two', b],
      ['three', a],
    ] as const) {
      turn.read(shared, shared.write(text), to);
    }
    expect(seen).toEqual([]);
    await turnOver();
    expect(seen).toEqual(['a one', 'b two', 'a three', 'end']);
    await turnOver();
    expect(seen).toHaveLength(4);
  });

  test('comes to everybody as it was, of whatever lengths it is and whoever asks for it before the end', async () => {
    const read = fc.record({
      to: fc.nat({ max: 2 }),
      length: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(4096, 4097, 65_536)),
      settles: fc.constantFrom(false, false, false, true),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(read, { maxLength: 80 }), async (reads) => {
        const turn = new Turn();
        const sent: number[][] = [[], [], []];
        const got: number[][] = [[], [], []];
        const shared = Buffer.alloc(65_536);
        const listeners = got.map((bytes) => (source: Buffer, start: number, end: number) => {
          bytes.push(end - start, source[start] ?? -1, source[end - 1] ?? -1);
        });
        for (const [index, { to, length, settles }] of reads.entries()) {
          shared.fill(index, 0, length);
          sent[to]?.push(length, index, index);
          const listener = listeners[to];
          if (listener !== undefined) turn.read(shared, length, listener);
          if (settles) turn.settle();
        }
        await turnOver();
        expect(got).toEqual(sent);
      }),
      { numRuns: 60 },
    );
  });

  test('that leads to more in the same turn leaves nothing for a turn that may never come', async () => {
    const turn = new Turn();
    const seen: string[] = [];
    const bytes = Buffer.from('x');
    turn.onEnd(() => seen.push('end'));
    turn.read(bytes, 1, () => {
      seen.push('first');
      turn.read(bytes, 1, () => void seen.push('second'));
      turn.awaitEnd();
    });
    await turnOver();
    expect(seen).toEqual(['first', 'second', 'end']);
  });

  test('and asked for by one of those who get it goes on behind him', () => {
    const turn = new Turn();
    const seen: string[] = [];
    const bytes = Buffer.from('x');
    turn.read(bytes, 1, () => {
      turn.settle();
      seen.push('first');
    });
    turn.read(bytes, 1, () => void seen.push('second'));
    turn.settle();
    turn.settle();
    expect(seen).toEqual(['second', 'first']);
  });
});

describe('a kept connection whose upstream says more than it was asked', () => {
  /** A turn that does not end by itself, so that a test can stand between reading and handing out. */
  class HeldTurn extends Turn {
    override awaitEnd(): void {}
  }
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });

  async function connected(turn: Turn) {
    const server = createServer();
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const freed: UpstreamConnection[] = [];
    const owner = { onConnectionFree: (free: UpstreamConnection) => void freed.push(free), onConnectionClosed() {} };
    const origin = `http://127.0.0.1:${port}`;
    const target = { origin, hostname: '127.0.0.1', port, protocol: 'http:', hostHeader: `127.0.0.1:${port}` } as const;
    const connection = new UpstreamConnection(target, owner, turn, undefined);
    const [upstream] = await accepted;
    if (!connection.connected) await once(connection.socket, 'connect');
    open.push({ close: () => connection.socket.destroy() }, { close: () => upstream.destroy() }, server);
    return { connection, upstream, freed };
  }

  const nobody = {
    onUpstreamAssigned() {},
    onUpstreamConnected() {},
    onUpstreamDrain() {},
    onUpstreamEnd() {},
    onUpstreamGone() {},
  };

  test('is not used again when that has been read and not looked at', async () => {
    const turn = new HeldTurn();
    const { connection, upstream, freed } = await connected(turn);
    const got: string[] = [];
    connection.user = {
      ...nobody,
      onUpstreamBytes: (bytes, start, end) => void got.push(bytes.toString('latin1', start, end)),
    };
    upstream.write('surplus');
    await expect.poll(() => connection.socket.bytesRead).toBe(7);
    connection.release();
    expect([freed, connection.socket.destroyed]).toEqual([[], true]);
    turn.settle();
    expect(got).toEqual([]);
  });

  test('is closed at once when nobody waits for anything, and whoever comes meanwhile gets none of it', async () => {
    const turn = new HeldTurn();
    const { connection, upstream } = await connected(turn);
    upstream.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    await once(connection.socket, 'close');
    const got: string[] = [];
    connection.user = { ...nobody, onUpstreamBytes: () => void got.push('bytes') };
    turn.settle();
    expect(got).toEqual([]);
  });

  test('is used again when all it said was looked at', async () => {
    const turn = new HeldTurn();
    const { connection, upstream, freed } = await connected(turn);
    connection.user = { ...nobody, onUpstreamBytes() {} };
    upstream.write('answer');
    await expect.poll(() => connection.socket.bytesRead).toBe(6);
    turn.settle();
    connection.release();
    expect(freed).toEqual([connection]);
  });
});

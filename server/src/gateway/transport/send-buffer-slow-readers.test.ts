import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setImmediate as turnEnds } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SendBuffer } from './send-buffer.ts';
import { Turn } from './turn.ts';

/** Whoever reads slowly holds bytes in flight while others are served from the same memory: nobody may get another's. */

const RUNS = Number(process.env.SEND_BUFFER_RUNS ?? 30);
const RECEIVERS = 6;
const path = join(tmpdir(), `gatehouse-send-buffer-${process.pid}.sock`);
let server: Server;

beforeAll(async () => {
  // Kernels hold some 200 KB for one of these, and megabytes for TCP.
  server = createServer({ pauseOnConnect: true }).listen(path);
  await once(server, 'listening');
});

afterAll(() => server.close());

interface Receiver {
  near: Writable;
  sent: Buffer[];
  received: Buffer[];
  /** Takes a part of what waits for it. */
  readSome(): void;
  /** Takes all there is, to the end. */
  readAll(): Promise<void>;
}

async function onSocket(quick: boolean): Promise<Receiver> {
  const accepted = once(server, 'connection');
  const near = connect(path);
  const [far]: Socket[] = await accepted;
  if (far === undefined) throw new Error('nobody was accepted');
  await (near.connecting ? once(near, 'connect') : undefined);
  near.on('error', () => {});
  const received: Buffer[] = [];
  const take = (bytes: Buffer) => void received.push(Buffer.from(bytes));
  if (quick) far.on('data', take).resume();
  return {
    near,
    sent: [],
    received,
    readSome() {
      if (quick) return;
      const bytes: Buffer | null = far.read();
      if (bytes !== null) take(bytes);
    },
    async readAll() {
      const ended = once(far, 'end');
      near.end();
      if (!quick) far.on('data', take).resume();
      if (!near.destroyed || !far.readableEnded) await ended;
      far.destroy();
    },
  };
}

/** As a stream of HTTP/2 does it: what it was given it reads later. */
function onSink(): Receiver {
  const received: Buffer[] = [];
  const waiting: { bytes: Buffer; done: () => void }[] = [];
  const near = new Writable({ write: (bytes: Buffer, _encoding, done) => void waiting.push({ bytes, done }) });
  const readSome = () => {
    for (const { bytes, done } of waiting.splice(0, 1)) {
      received.push(Buffer.from(bytes));
      done();
    }
  };
  return {
    near,
    sent: [],
    received,
    readSome,
    async readAll() {
      near.end();
      while (!near.writableFinished) {
        readSome();
        await turnEnds();
      }
    },
  };
}

const what = fc.oneof(
  { weight: 6, arbitrary: fc.record({ to: fc.nat(RECEIVERS), bytes: fc.integer({ min: 1, max: 3_000 }) }) },
  { weight: 3, arbitrary: fc.record({ to: fc.nat(RECEIVERS), bytes: fc.integer({ min: 12_000, max: 66_000 }) }) },
  { weight: 1, arbitrary: fc.record({ to: fc.nat(RECEIVERS), bytes: fc.integer({ min: 200_000, max: 300_000 }) }) },
  { weight: 3, arbitrary: fc.record({ read: fc.nat(RECEIVERS) }) },
  { weight: 4, arbitrary: fc.constant('turn' as const) },
  { weight: 1, arbitrary: fc.constant('flush' as const) },
  { weight: 1, arbitrary: fc.record({ unfinished: fc.nat(RECEIVERS) }) },
);

it('everybody gets every byte that was for him, and none that was for another', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(what, { minLength: 60, maxLength: 160, size: 'max' }), async (steps) => {
      const out = new SendBuffer(new Turn());
      const receivers: Receiver[] = [];
      // One after the other, so that each end meets its own other end.
      for (let index = 0; index < RECEIVERS; index += 1) receivers.push(await onSocket(index % 3 === 0));
      receivers.push(onSink());
      for (const [number, step] of steps.entries()) {
        if (step === 'turn') await turnEnds();
        else if (step === 'flush') out.flush();
        else if ('read' in step) receivers[step.read]?.readSome();
        else if ('unfinished' in step) begin(out, receivers[step.unfinished]);
        else send(out, receivers[step.to], Buffer.alloc(step.bytes, `<${step.to}:${number}>`));
      }
      out.flush();
      await Promise.all(receivers.map((receiver) => receiver.readAll()));
      for (const { sent, received } of receivers)
        expect(Buffer.concat(received).equals(Buffer.concat(sent))).toBe(true);
    }),
    { numRuns: RUNS },
  );
});

function begin(out: SendBuffer, receiver: Receiver | undefined): void {
  if (receiver === undefined) return;
  out.open(receiver.near);
  out.text('nobody should read this');
}

/** As a head and a body. */
function send(out: SendBuffer, receiver: Receiver | undefined, bytes: Buffer): void {
  if (receiver === undefined) return;
  receiver.sent.push(bytes);
  out.open(receiver.near);
  out.text(bytes.toString('latin1', 0, 10));
  out.bytes(bytes, Math.min(10, bytes.length), bytes.length);
  out.send();
}

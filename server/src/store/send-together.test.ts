import { Duplex } from 'node:stream';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { sendTogether } from './send-together.ts';

test('what is asked for in one turn, also by what goes on in it, is one write; the next turn is another', async () => {
  const writes: string[] = [];
  const stream = new Duplex({
    read: () => undefined,
    writev: (chunks, done) => {
      writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)).toString());
      done();
    },
  });
  const client = { connection: { stream } } as unknown as pg.Client;
  const ask = async (text: string, before: number) => {
    for (let index = 0; index < before; index += 1) await undefined;
    sendTogether(client);
    stream.write(text);
  };
  await Promise.all([ask('a', 0), ask('b', 3), ask('c', 12)]);
  expect(writes).toEqual([]);
  await new Promise(setImmediate);
  expect(writes).toEqual(['abc']);
  await ask('d', 0);
  await new Promise(setImmediate);
  expect(writes).toEqual(['abc', 'd']);
});

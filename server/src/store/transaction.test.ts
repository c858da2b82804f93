import type pg from 'pg';
import { expect, test } from 'vitest';
import { seededRandom } from '#testing';
import { runTransaction } from './transaction.ts';

/** A connection that answers each statement as told, the first one after all others were sent. */
function connection(refused: RegExp, error: Error & { code?: string }) {
  const sent: string[] = [];
  const released: unknown[] = [];
  const client = {
    on: () => undefined,
    off: () => undefined,
    release: (broken: unknown) => void released.push(broken),
    connection: { stream: { cork: () => undefined, uncork: () => undefined } },
    async query(asked: string | { text: string }) {
      const text = typeof asked === 'string' ? asked : asked.text;
      sent.push(text);
      await new Promise(setImmediate);
      if (refused.test(text)) throw error;
      return { command: text.toUpperCase().split(' ')[0], rows: [], rowCount: 0 };
    },
  };
  const pool = { connect: async () => client, ending: false } as unknown as pg.Pool;
  return { sent, released, pool };
}

const SCOPE = { tenantId: 'ten_a' };

test('a transaction that could not begin is none, whatever its statements answered, and its connection is given up', async () => {
  const refusal = Object.assign(new Error('cannot set transaction read-write mode during recovery'), { code: '25006' });
  const { pool, sent, released } = connection(/^begin/, refusal);
  const read: unknown[] = [];
  const running = runTransaction({ pool, random: seededRandom() }, SCOPE, async (tx) => {
    read.push(await tx.withTables<{ notes: { id: string } }>().selectFrom('notes').selectAll().execute());
  });
  await expect(running).rejects.toBe(refusal);
  expect(read).toEqual([[]]);
  expect(sent).toEqual([expect.stringMatching(/^begin/), 'select * from "notes"']);
  expect(released).toEqual([true]);
});

test('it begins and reads in one round trip', async () => {
  const { pool, sent } = connection(/nothing/, new Error());
  await runTransaction({ pool, random: seededRandom() }, SCOPE, async (tx) => {
    const db = tx.withTables<{ notes: { id: string } }>();
    const reading = Promise.all([db.selectFrom('notes').select('id').execute(), db.deleteFrom('notes').execute()]);
    for (let tick = 0; tick < 20; tick += 1) await Promise.resolve();
    expect(sent).toHaveLength(3);
    await reading;
  });
  expect(sent.at(-1)).toBe('commit');
});

import { CompiledQuery } from 'kysely';
import { expect, test } from 'vitest';
import { TransactionConnection } from './transaction-connection.ts';

/** A client that answers at once, and keeps hold of what it was asked, as the driver does. */
function rememberingClient(fails?: Error) {
  const asked: { values: unknown[]; atTheTime: unknown[] }[] = [];
  const client = {
    connection: { stream: { cork() {}, uncork() {} } },
    query: async ({ values }: { values: unknown[] }) => {
      asked.push({ values, atTheTime: [...values] });
      if (fails !== undefined) throw fails;
      return { rows: [], command: 'INSERT', rowCount: 1 };
    },
  };
  return { asked, connection: new TransactionConnection(Object(client)) };
}

test('what a statement wrote is let go when it is done, and who asks again still has it', async () => {
  const { asked, connection } = rememberingClient();
  const query = CompiledQuery.raw('insert into notes (text) values ($1)', ['a long text']);
  await connection.executeQuery(query);
  await connection.executeQuery(query);
  expect(asked).toEqual([
    { values: [], atTheTime: ['a long text'] },
    { values: [], atTheTime: ['a long text'] },
  ]);
});

test('also when it fails', async () => {
  const { asked, connection } = rememberingClient(new Error('no'));
  await expect(connection.executeQuery(CompiledQuery.raw('select $1', ['a']))).rejects.toThrow('no');
  expect(asked).toEqual([{ values: [], atTheTime: ['a'] }]);
});

import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { openTestStore } from '#testing';
import type { MigrationSet } from './migrations.ts';

const tenantId = 'ten_00000000000000000000000000';
const migrations: MigrationSet = {
  room: 'growing',
  steps: [
    {
      name: 'things',
      sql: `create table things (tenant_id text not null, id int not null, house int not null, primary key (tenant_id, id));
        create index things_of_house on things (tenant_id, house);
        select gatehouse_protect('things');`,
    },
  ],
};
afterEach(() => vi.restoreAllMocks());

test('a statement that was planned for a few rows is planned anew for many, without new statistics', async () => {
  const store = await openTestStore([migrations], { pool: { sizeMax: 1 } });
  const owner = new pg.Client({ connectionString: store.database.ownerUrl });
  await owner.connect();
  const add = (from: number, to: number) =>
    store.transaction({ tenantId }, (tx) =>
      sql`insert into things select ${tenantId}, n, n from generate_series(${from}::int, ${to}::int) n`.execute(tx),
    );
  const run = <Row>(text: string) =>
    store.transaction({ tenantId }, async (tx) => (await sql.raw<Row>(text).execute(tx)).rows);
  // Kept by its name, as the store keeps what is asked often, whatever else this process has asked by now.
  const asked = `execute asked('${tenantId}', 7)`;
  const plan = async () =>
    (await run<{ 'QUERY PLAN': string }>(`explain ${asked}`)).map((row) => row['QUERY PLAN']).join('\n');
  try {
    await add(1, 60);
    await owner.query('analyze things');
    await run('prepare asked (text, int) as select id from things where tenant_id = $1 and house = $2');
    for (let time = 0; time < 20; time += 1) await run(asked);
    expect(await plan()).toContain('Seq Scan');
    await add(61, 50_000);
    expect(await plan()).toContain('Seq Scan');
    const now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => now + 21_000);
    expect(await plan()).toContain('things_of_house');
    expect(await run(asked)).toEqual([{ id: 7 }]);
  } finally {
    vi.restoreAllMocks();
    await owner.end();
    await store.close();
  }
});

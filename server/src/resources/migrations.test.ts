import pg from 'pg';
import { expect, test } from 'vitest';
import { type MigrationSet, openStore } from '#store';
import { createEmptyDatabase, fixedClock, seededRandom, testLogger } from '#testing';
import { resourcesMigrations } from './migrations.ts';

test('a registration policy that was stored with the mode `invited` is off, which did the same; others stay', async () => {
  const database = await createEmptyDatabase();
  const deps = { clock: fixedClock(), random: seededRandom(), log: testLogger() };
  const migrateTo = async (steps: MigrationSet['steps']) => {
    const migrations = [{ ...resourcesMigrations, steps }];
    await (await openStore({ ...deps, database, migrations })).close();
  };
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    const before = resourcesMigrations.steps.findIndex(({ name }) => name.startsWith('0005'));
    await migrateTo(resourcesMigrations.steps.slice(0, before));
    const specs = { a: { mode: 'invited', allowedDomains: ['example.com'] }, b: { mode: 'open' }, c: { mode: 'off' } };
    for (const [tenant, spec] of Object.entries(specs)) {
      await client.query(
        `insert into resources (tenant_id, kind, name, id, spec, version, created_at, updated_at)
         values ($1, 'registration_policy', 'default', 'x', $2, 3, 0, 0)`,
        [tenant, spec],
      );
    }
    await migrateTo(resourcesMigrations.steps);
    const { rows } = await client.query('select spec, version from resources order by tenant_id');
    expect(rows).toEqual([
      { spec: { mode: 'off', allowedDomains: ['example.com'] }, version: 4 },
      { spec: { mode: 'open' }, version: 3 },
      { spec: { mode: 'off' }, version: 3 },
    ]);
  } finally {
    await client.end();
  }
});

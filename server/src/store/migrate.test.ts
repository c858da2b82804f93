import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEmptyDatabase, fixedClock, seededRandom, testLogger } from '#testing';
import type { MigrationSet } from './migrations.ts';
import { openStore } from './open-store.ts';
import type { Database } from './reach.ts';

const table = (name: string): string =>
  `create table ${name} (tenant_id text not null, id text not null, primary key (tenant_id, id)); select gatehouse_protect('${name}');`;
const one = { name: 'one', sql: table('one') };
const two = { name: 'two', sql: table('two') };
const three = { name: 'three', sql: table('three') };
const room = (...steps: MigrationSet['steps']): MigrationSet => ({ room: 'room', steps });
const other: MigrationSet = { room: 'other', steps: [{ name: 'one', sql: table('other_one') }] };

describe('migrations', () => {
  let database: Extract<Database, { kind: 'url' }>;
  let client: pg.Client;
  beforeEach(async () => {
    database = await createEmptyDatabase();
    client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
  });
  afterEach(() => client.end());

  const migrateTo = async (...migrations: MigrationSet[]): Promise<void> => {
    const deps = { clock: fixedClock(), random: seededRandom(), log: testLogger() };
    await (await openStore({ ...deps, database, migrations })).close();
  };
  const tables = async (): Promise<string[]> => {
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
       and relname not in ('changes', 'changes_pruned', 'gatehouse_migrations') order by 1`,
    );
    return rows.map(({ name }) => name);
  };

  test.each([
    ['nothing', [], [], []],
    ['the same again', [room(one)], [room(one)], ['one']],
    ['a step more', [room(one)], [room(one, two)], ['one', 'two']],
    ['a room more, before the others', [room(one)], [other, room(one)], ['one', 'other_one']],
    ['rooms in another order', [room(one), other], [other, room(one)], ['one', 'other_one']],
  ] as [string, MigrationSet[], MigrationSet[], string[]][])('accepted: %s', async (_, before, after, expected) => {
    await migrateTo(...before);
    await migrateTo(...after);
    expect(await tables()).toEqual(expected);
  });

  const edited = { name: 'one', sql: `${one.sql} -- and a word` };
  test.each([
    ['an edited step', [room(one, two)], [room(edited, two)], 'migration_edited'],
    ['reordered steps', [room(one, two)], [room(two, one)], 'migration_reordered'],
    ['a step put in between', [room(one, two)], [room(one, three, two)], 'migration_reordered'],
    ['a removed step', [room(one, two)], [room(two)], 'migration_removed'],
    ['a replaced step', [room(one, two)], [room(three, two)], 'migration_removed'],
    ['a renamed step', [room(one)], [room({ ...one, name: 'uno' })], 'migration_removed'],
    ['a program that is older', [room(one, two)], [room(one)], 'database_newer'],
    ['a program without the room', [room(one)], [], 'database_newer'],
    ['two steps of one name', [], [room(one, { ...two, name: 'one' })], 'migration_duplicate'],
    ['a room listed twice', [], [room(one), room(two)], 'migration_duplicate'],
    ['a step that fails', [], [room(one, { name: 'bad', sql: 'create table' })], 'migration_failed'],
    ['an unprotected table', [], [room({ name: 'bare', sql: 'create table bare (id text)' })], 'table_unprotected'],
    [
      'protection that is not forced',
      [],
      [room({ name: 'bare', sql: 'create table bare (id text); alter table bare enable row level security' })],
      'table_unprotected',
    ],
  ] as [string, MigrationSet[], MigrationSet[], string][])('refused: %s', async (_, before, after, code) => {
    await migrateTo(...before);
    const kept = await tables();
    await expect(migrateTo(...after)).rejects.toMatchObject({ code });
    expect(await tables()).toEqual(kept);
    await migrateTo(...before);
  });

  test('programs that start together migrate once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => migrateTo(room(one, two, three), other)));
    const { rows } = await client.query('select room, position from gatehouse_migrations order by 1, 2');
    expect(rows.map((row) => `${row.room} ${row.position}`)).toEqual([
      'other 0',
      'room 0',
      'room 1',
      'room 2',
      'store 0',
      'store 1',
    ]);
  });

  test('roles are made once when several databases of one server start together', async () => {
    const databases = await Promise.all(Array.from({ length: 4 }, () => createEmptyDatabase()));
    const deps = { clock: fixedClock(), random: seededRandom(), log: testLogger(), migrations: [room(one)] };
    const stores = await Promise.all(databases.map((each) => openStore({ ...deps, database: each })));
    await Promise.all(stores.map((store) => store.close()));
    const { rows } = await client.query(
      `select rolname, rolcanlogin or rolsuper or rolbypassrls as dangerous from pg_roles where rolname in ('gatehouse_app', 'gatehouse_system') order by 1`,
    );
    expect(rows).toEqual([
      { rolname: 'gatehouse_app', dangerous: false },
      { rolname: 'gatehouse_system', dangerous: false },
    ]);
  });

  test('a database that is not there is said to be unavailable', async () => {
    database = { kind: 'url', url: 'postgresql://nobody@127.0.0.1:1/none' };
    await expect(migrateTo()).rejects.toMatchObject({ code: 'database_unavailable', category: 'unavailable' });
  });
});

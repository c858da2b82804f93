import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createEmptyDatabase,
  fixedClock,
  openTestStore,
  seededRandom,
  type TestStore,
  temporaryFolder,
  testLogger,
} from '#testing';
import type { MigrationSet } from '../migrations.ts';
import { openStore, type Store } from '../open-store.ts';
import type { Database } from '../reach.ts';
import { restore } from './restore.ts';

const rooms: MigrationSet = {
  room: 'rooms',
  steps: [
    {
      name: 'tables',
      sql: `
create table z_parents (tenant_id text not null, id text not null, data jsonb, raw bytea, primary key (tenant_id, id));
create table children (tenant_id text not null, id bigint generated always as identity, parent text not null, next bigint,
  shout text generated always as (upper(parent)) stored,
  primary key (tenant_id, id), foreign key (tenant_id, parent) references z_parents (tenant_id, id),
  foreign key (tenant_id, next) references children (tenant_id, id));
create table log (tenant_id text not null, id text not null, at bigint not null, primary key (tenant_id, id));
select gatehouse_protect('z_parents'), gatehouse_protect('children'), gatehouse_protect('log');
insert into log values ('ten_a', 'made by the migration', 0);
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'append only'; end $$;
create trigger append_only before update or delete on log execute function refuse();
create trigger no_truncate before truncate on log execute function refuse();
`,
    },
  ],
};
const later: MigrationSet = {
  room: 'rooms',
  steps: [
    ...rooms.steps,
    { name: 'later', sql: `alter table log add column note text not null default 'added later'` },
  ],
};
const PASSPHRASE = 'correct horse battery staple';

describe('backup and restore', () => {
  let store: TestStore;
  let folder: string;
  let plain: string;
  let sealed: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    store = await openTestStore([rooms]);
    await store.transaction({ system: true }, async (tx) => {
      for (let number = 0; number < 300; number += 1) {
        const id = `p${number}\t\n\\N"'\u{1F600}`;
        await sql`insert into z_parents values ('ten_a', ${id}, ${JSON.stringify({ number })}, ${randomBytes(2_000)})`.execute(
          tx,
        );
        await sql`insert into children (tenant_id, parent, next) values ('ten_a', ${id}, ${number === 0 ? null : number})`.execute(
          tx,
        );
      }
      await sql`insert into log values ('ten_b', 'e1', 1), ('ten_b', '', 2)`.execute(tx);
    });
    plain = join(folder, 'plain.backup');
    sealed = join(folder, 'sealed.backup');
    await store.backup(plain);
    await store.backup(sealed, { passphrase: PASSPHRASE, attachments: { 'master.key': Buffer.from('very secret') } });
  });
  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const options = (database: Database, passphrase?: string, migrations = [rooms]) => ({
    database,
    migrations,
    clock: fixedClock(),
    log: testLogger(),
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  const reopen = (database: Database, migrations = [rooms]): Promise<Store> =>
    openStore({ ...options(database), migrations, random: seededRandom() });
  const contents = (subject: Store): Promise<Record<string, unknown>> =>
    subject.transaction({ system: true }, async (tx) => {
      const found: Record<string, unknown> = {};
      for (const table of ['z_parents', 'children', 'log', 'gatehouse_migrations']) {
        const { rows } = await sql<{
          row: string;
        }>`select t::text as row from ${sql.table(table)} t order by 1`.execute(tx);
        found[table] = rows.map(({ row }) => row);
      }
      return found;
    });

  test.each(['plain', 'sealed'])(
    'a %s backup, restored into a new folder, is the same in every table',
    async (kind) => {
      const dataFolder = join(folder, `restored-${kind}`);
      const database: Database = { kind: 'embedded', dataFolder };
      const result = await restore(
        kind === 'plain' ? plain : sealed,
        options(database, kind === 'plain' ? undefined : PASSPHRASE),
      );
      expect(result.tables.map(({ name, rows }) => [name, rows]).toSorted()).toEqual([
        ['children', 300],
        ['gatehouse_migrations', 3],
        ['log', 3],
        ['z_parents', 300],
      ]);
      expect(Object.entries(result.attachments).map(([name, content]) => [name, content.toString()])).toEqual(
        kind === 'plain' ? [] : [['master.key', 'very secret']],
      );
      const restored = await reopen(database);
      try {
        expect(await contents(restored)).toEqual(await contents(store));
        // Everything that protects the rows is back too, and numbering goes on where it stopped.
        await restored.transaction({ tenantId: 'ten_a' }, async (tx) => {
          expect((await sql`select * from log`.execute(tx)).rows).toHaveLength(1);
          const inserted = await sql<{
            id: number;
          }>`insert into children (tenant_id, parent) select 'ten_a', id from z_parents limit 1 returning id`.execute(
            tx,
          );
          expect(inserted.rows).toEqual([{ id: 301 }]);
        });
        const update = restored.transaction({ tenantId: 'ten_a' }, (tx) => sql`update log set at = 5`.execute(tx));
        await expect(update).rejects.toThrow('append only');
      } finally {
        await restored.close();
      }
    },
  );

  test('a backup from before an upgrade restores, and is upgraded at the next start', async () => {
    const database = await createEmptyDatabase();
    await restore(plain, options(database, undefined, [later]));
    const upgraded = await reopen(database, [later]);
    const { rows } = await upgraded.transaction({ tenantId: 'ten_b' }, (tx) =>
      sql`select * from log order by at`.execute(tx),
    );
    await upgraded.close();
    expect(rows).toEqual([
      { tenant_id: 'ten_b', id: 'e1', at: 1, note: 'added later' },
      { tenant_id: 'ten_b', id: '', at: 2, note: 'added later' },
    ]);
  });

  test('a backup is one moment, whatever is written meanwhile', async () => {
    const path = join(folder, 'moment.backup');
    let writing = true;
    const writer = (async () => {
      for (let number = 0; writing; number += 1) {
        await store.transaction({ tenantId: 'ten_moment' }, async (tx) => {
          await sql`insert into z_parents values ('ten_moment', ${`m${number}`}, null, null)`.execute(tx);
          await sql`insert into log values ('ten_moment', ${`m${number}`}, 0)`.execute(tx);
        });
      }
    })();
    await store.backup(path);
    writing = false;
    await writer;
    const database = await createEmptyDatabase();
    await restore(path, options(database));
    const restored = await reopen(database);
    const { rows } = await restored.transaction({ tenantId: 'ten_moment' }, (tx) =>
      sql<{
        a: number;
        b: number;
      }>`select (select count(*) from z_parents) as a, (select count(*) from log) as b`.execute(tx),
    );
    await restored.close();
    expect(rows[0]?.a).toBe(rows[0]?.b);
  });

  test('the file is private, and an encrypted one shows nothing', async () => {
    expect((await stat(plain)).mode & 0o777).toBe(0o600);
    const bytes = await readFile(sealed);
    for (const word of ['very secret', 'master.key', 'z_parents', 'made by the migration'])
      expect(bytes.includes(word)).toBe(false);
    expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  const damage: [string, (bytes: Buffer) => Buffer][] = [
    ['a flipped bit early', (bytes) => flip(bytes, 400)],
    ['a flipped bit in the middle', (bytes) => flip(bytes, bytes.byteLength >> 1)],
    ['a flipped bit in the last byte', (bytes) => flip(bytes, bytes.byteLength - 1)],
    ['the last byte missing', (bytes) => bytes.subarray(0, -1)],
    ['the second half missing', (bytes) => bytes.subarray(0, bytes.byteLength >> 1)],
    ['everything after the header missing', (bytes) => bytes.subarray(0, bytes.indexOf('\n', 20) + 1)],
    ['something added', (bytes) => Buffer.concat([bytes, Buffer.from('x')])],
    ['doubled', (bytes) => Buffer.concat([bytes, bytes.subarray(bytes.indexOf('\n', 20) + 1)])],
  ];
  test.each(['plain', 'sealed'])('a damaged %s file is refused, and nothing is left behind', async (kind) => {
    const bytes = await readFile(kind === 'plain' ? plain : sealed);
    const path = join(folder, 'damaged.backup');
    const database = await createEmptyDatabase();
    for (const [what, change] of damage) {
      await writeFile(path, change(bytes));
      const attempt = restore(path, options(database, kind === 'plain' ? undefined : PASSPHRASE));
      await expect(attempt, what).rejects.toMatchObject({ code: 'backup_damaged' });
    }
    // Still empty: a good backup can be restored into it.
    await restore(plain, options(database));
  });

  test('a damaged file leaves no new folder behind', async () => {
    const path = join(folder, 'cut.backup');
    await writeFile(path, (await readFile(plain)).subarray(0, -1));
    const dataFolder = join(folder, 'never');
    await expect(restore(path, options({ kind: 'embedded', dataFolder }))).rejects.toMatchObject({
      code: 'backup_damaged',
    });
    expect(await readdir(folder)).not.toContain('never');
  });

  test('swapped chunks of an encrypted file are refused', async () => {
    const bytes = await readFile(sealed);
    const start = bytes.indexOf('\n', 20) + 1;
    const size = 64 * 1024 + 16;
    const chunk = (number: number): Buffer => bytes.subarray(start + number * size, start + (number + 1) * size);
    const path = join(folder, 'swapped.backup');
    await writeFile(
      path,
      Buffer.concat([bytes.subarray(0, start), chunk(1), chunk(0), bytes.subarray(start + 2 * size)]),
    );
    const attempt = restore(path, options(await createEmptyDatabase(), PASSPHRASE));
    await expect(attempt).rejects.toMatchObject({ code: 'backup_damaged' });
  });

  test('a file that somebody laid where the draft would be is neither written nor followed', async () => {
    const victim = join(folder, 'victim');
    await writeFile(victim, 'precious');
    const path = join(folder, 'in-a-shared-folder.backup');
    await symlink(victim, `${path}.${process.pid}.partial`);
    await store.backup(path, { passphrase: PASSPHRASE });
    expect(await readFile(victim, 'utf8')).toBe('precious');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('refusals', async () => {
    const database = await createEmptyDatabase();
    const refused = (path: string, code: string, passphrase?: string, migrations = [rooms]) =>
      expect(restore(path, options(database, passphrase, migrations)), code).rejects.toMatchObject({ code });
    await refused(sealed, 'backup_passphrase_required');
    await refused(sealed, 'backup_passphrase_wrong', 'wrong');
    await refused(plain, 'database_newer', undefined, []);
    await refused(plain, 'migration_edited', undefined, [
      { room: 'rooms', steps: [{ name: 'tables', sql: 'select 1' }] },
    ]);
    for (const [text, code] of [
      ['', 'backup_format_unknown'],
      ['PGDMP', 'backup_format_unknown'],
      ['GATEHOUSE BACKUP\nnot json\n', 'backup_format_unknown'],
      ['GATEHOUSE BACKUP\n{"format":2}\n', 'backup_format_unknown'],
    ] as const) {
      await writeFile(join(folder, 'odd.backup'), text);
      await refused(join(folder, 'odd.backup'), code);
    }
    await expect(store.backup(plain)).rejects.toMatchObject({ code: 'backup_destination_exists' });
    await expect(
      store.backup(join(folder, 'x'), { attachments: { 'master.key': Buffer.of(1) } }),
    ).rejects.toMatchObject({
      code: 'backup_attachment_unsafe',
    });
    await expect(restore(plain, options(store.database))).rejects.toMatchObject({ code: 'restore_target_not_empty' });
    await expect(restore(plain, options({ kind: 'embedded', dataFolder: folder }))).rejects.toMatchObject({
      code: 'restore_target_not_empty',
    });
  });
});

function flip(bytes: Buffer, index: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8((copy[index] ?? 0) ^ 1, index);
  return copy;
}

import { writeSync } from 'node:fs';
import { sql } from 'kysely';
import { createLogger, systemClock, systemRandom } from '#base';
import { type MigrationSet, openStore } from '#store';

/**
 * A program to be killed: opens the data folder it is given, then commits row after row and says each one's id on
 * standard output when, and only when, the database has acknowledged it.
 */
export const acknowledgedMigrations: MigrationSet = {
  room: 'acknowledged',
  steps: [
    {
      name: 'rows',
      sql: `create table rows (tenant_id text not null, id text not null, primary key (tenant_id, id)); select gatehouse_protect('rows');`,
    },
  ],
};

const WRITERS = 4;

async function main(dataFolder: string): Promise<void> {
  const store = await openStore({
    database: { kind: 'embedded', dataFolder },
    migrations: [acknowledgedMigrations],
    clock: systemClock,
    random: systemRandom,
    log: createLogger({ level: 'silent' }),
  });
  writeSync(1, 'open\n');
  const write = async (writer: number): Promise<never> => {
    for (let number = 0; ; number += 1) {
      const id = `${process.pid}-${writer}-${number}`;
      try {
        await store.transaction({ tenantId: 'ten_a' }, (tx) =>
          sql`insert into rows values ('ten_a', ${id})`.execute(tx),
        );
        writeSync(1, `${id}\n`);
      } catch {
        // Not acknowledged: it may be there or not.
      }
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
}

const [, program, dataFolder] = process.argv;
if (program === import.meta.filename && dataFolder !== undefined) {
  main(dataFolder).catch((error: unknown) => {
    writeSync(1, `failed ${String((error as { code?: unknown }).code)}\n`);
    process.exit(1);
  });
}

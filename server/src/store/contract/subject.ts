import pg from 'pg';
import { fixedClock, seededRandom, testLogger } from '#testing';
import type { MigrationSet } from '../migrations.ts';
import { openStore, type Store } from '../open-store.ts';
import type { PoolOptions } from '../pool.ts';
import type { Database } from '../reach.ts';

/** A server on which the store's promises are held. The same tests run on each. */
export interface Subject {
  database: Database;
  /** What a second process would open on the same database. */
  second: Database;
  /** A connection with every right, to look behind the store's back. */
  superuser: pg.ClientConfig;
  close(): Promise<void>;
}

/** Tables for the tests, made the way a room makes its own. */
export const contractMigrations: MigrationSet = {
  room: 'contract',
  steps: [
    {
      name: 'tables',
      sql: `
create table notes (tenant_id text not null, id text not null, text text not null, primary key (tenant_id, id));
select gatehouse_protect('notes');
create table people (tenant_id text not null, organization_id text, id text not null, primary key (tenant_id, id));
select gatehouse_protect('people', true);
create table counters (tenant_id text not null, id text not null, value bigint not null, primary key (tenant_id, id));
select gatehouse_protect('counters');
create table machinery (id text primary key);
select gatehouse_reserve('machinery');
`,
    },
  ],
};

export type ContractTables = {
  notes: { tenant_id: string; id: string; text: string };
  people: { tenant_id: string; organization_id: string | null; id: string };
  counters: { tenant_id: string; id: string; value: number };
  machinery: { id: string };
};

export function openOn(database: Database, pool?: PoolOptions): Promise<Store> {
  return openStore({
    database,
    migrations: [contractMigrations],
    clock: fixedClock(),
    random: seededRandom(),
    log: testLogger(),
    ...(pool === undefined ? {} : { pool }),
  });
}

export async function asSuperuser<T>({ superuser }: Subject, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(superuser);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

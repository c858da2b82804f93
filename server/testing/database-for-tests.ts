import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { openEmbedded } from '../src/store/embedded/embedded.ts';
import { DATABASE_COPIES_VARIABLE } from './new-database.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { testLogger } from './test-logger.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of the socket of the one PostgreSQL server that all tests share. */
    databaseSockets: string;
  }
}

/** Nothing in these databases is worth keeping, and many live at once. */
const TEST_SETTINGS = `
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
`;

interface TestProject {
  provide(name: 'databaseSockets', value: string): void;
}

/** Run once for the whole test run: one embedded server, on which `openTestStore` makes a database for each test file. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await temporaryFolder();
  const server = await openEmbedded({ log: testLogger() }, { dataFolder: folder, settings: TEST_SETTINGS });
  // Workers inherit it, and what they start is told nothing of it.
  const copies = await temporaryFolder();
  process.env[DATABASE_COPIES_VARIABLE] = copies;
  const guard = guardServer(folder, copies);
  project.provide('databaseSockets', String(server.target.owner.host));
  return async () => {
    await server.close();
    guard.stdin?.end('done\n');
    await Promise.all([folder, copies].map((each) => rm(each, { recursive: true, force: true })));
  };
}

/**
 * A test run that is killed can't clean up. This shell waits on a pipe from us: when it ends without a word, we are gone,
 * and it stops the server and removes the folders.
 */
function guardServer(folder: string, copies: string): ChildProcess {
  const script = `read -r word; [ "$word" = done ] || { kill -INT "$(head -n 1 "$1/postgres/postmaster.pid")"; sleep 1; rm -rf "$1" "$2"; }`;
  const guard = spawn('/bin/sh', ['-c', script, 'sh', folder, copies], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  return guard;
}

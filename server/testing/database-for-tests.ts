import { openEmbedded } from '../src/store/embedded/embedded.ts';
import { DATABASE_COPIES_VARIABLE } from './new-database.ts';
import { openRunFolders } from './run-folders.ts';
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

/**
 * Run once for the whole test run: the folders of all its tests, and one embedded server, on which `openTestStore` makes a
 * database for each test file.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folders = await openRunFolders();
  const options = { dataFolder: await temporaryFolder(), settings: TEST_SETTINGS };
  const server = await openEmbedded({ log: testLogger() }, options);
  // Workers inherit it, and what they start is told nothing of it.
  process.env[DATABASE_COPIES_VARIABLE] = await temporaryFolder();
  project.provide('databaseSockets', String(server.target.owner.host));
  return async () => {
    await server.close();
    await folders.remove();
  };
}

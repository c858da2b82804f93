import { existsSync, statfsSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the folder of this run of the tests in which all others are (run-folders.ts). Unset where no tests run, as in benchmarks. */
export const RUN_FOLDER_VARIABLE = 'TEST_RUN_FOLDER';
/** Where Linux keeps files in memory. */
const IN_MEMORY = '/dev/shm';
const GIGABYTE = 2 ** 30;
/** All that a run has at once stays below one; what the programs under test hold themselves comes on top. */
const FREE_BYTES_MIN = 2 * GIGABYTE;
const MEMORY_BYTES_MIN = 4 * GIGABYTE;

/**
 * A new folder that can hold an embedded database: when the tests run as root the server runs as another user, who must
 * be able to walk through, or the data would be placed elsewhere. In memory where there is room: a database is two thousand
 * files, and making one on a disk takes twice as much of a processor. The caller removes it. Its name is short, since the
 * path of a socket may not be long.
 */
export async function temporaryFolder(parent = process.env[RUN_FOLDER_VARIABLE] ?? roomiest()): Promise<string> {
  const folder = await mkdtemp(join(parent, 't-'));
  await chmod(folder, 0o711);
  return folder;
}

/** In memory where there is room. Whoever named a folder for such things gets it. */
export function roomiest(): string {
  if (process.env.TMPDIR !== undefined || !existsSync(IN_MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize >= FREE_BYTES_MIN && process.availableMemory() >= MEMORY_BYTES_MIN ? IN_MEMORY : tmpdir();
}

import { existsSync, statfsSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Linux keeps files in memory. */
const IN_MEMORY = '/dev/shm';
const GIGABYTE = 2 ** 30;
/** All that a run has at once stays below one; what the programs under test hold themselves comes on top. */
const FREE_BYTES_MIN = 2 * GIGABYTE;
const MEMORY_BYTES_MIN = 4 * GIGABYTE;

const usual = hasRoomInMemory() ? IN_MEMORY : tmpdir();

/**
 * A new folder that can hold an embedded database: when the tests run as root the server runs as another user, who must
 * be able to walk through, or the data would be placed elsewhere. In memory where there is room: a database is two thousand
 * files, and making one on a disk takes twice as much of a processor. The caller removes it.
 */
export async function temporaryFolder(parent = usual): Promise<string> {
  const folder = await mkdtemp(join(parent, 'gatehouse-test-'));
  await chmod(folder, 0o711);
  return folder;
}

/** Whoever named a folder for such things gets it. */
function hasRoomInMemory(): boolean {
  if (process.env.TMPDIR !== undefined || !existsSync(IN_MEMORY)) return false;
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize >= FREE_BYTES_MIN && process.availableMemory() >= MEMORY_BYTES_MIN;
}

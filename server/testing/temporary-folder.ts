import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A new folder that can hold an embedded database: when the tests run as root the server runs as another user, who must
 * be able to walk through, or the data would be placed elsewhere. The caller removes it.
 */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  await chmod(folder, 0o711);
  return folder;
}

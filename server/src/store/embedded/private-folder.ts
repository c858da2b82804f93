import { lstat, mkdir } from 'node:fs/promises';
import { storeErrors } from '../errors.ts';

/**
 * Makes a folder, or takes the one that is there if nobody else could have put something into it: a real folder, owned
 * by `uid`, with no write permission for others.
 * @throws `data_folder_unsafe`.
 */
export async function ensurePrivateFolder(path: string, mode: number, uid = process.getuid?.() ?? 0): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const entry = await lstat(path);
  if (!entry.isDirectory() || entry.uid !== uid || (entry.mode & 0o022) !== 0) {
    throw storeErrors.data_folder_unsafe({
      details: { path },
      message: `${path}: ${storeErrors.data_folder_unsafe.message}`,
    });
  }
}

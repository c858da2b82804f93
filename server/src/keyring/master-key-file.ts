import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keyringErrors } from './errors.ts';

/** A key in base64 has 44 characters; a file longer than this is something else, named by mistake. */
const FILE_BYTES_MAX = 1024;

/** @throws `master_key_missing`, `master_key_exposed`, `master_key_invalid` */
export async function readMasterKeyFile(path: string): Promise<string> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw keyringErrors.master_key_missing({
      message: `The master key file ${path} ${error.code === 'ENOENT' ? 'is not there' : `cannot be read (${error.code})`}. Restore it from your backup, or point the configuration at it.`,
      cause: error,
    });
  });
  try {
    // Asked of the open file and not of the path, so that what is checked is what is read.
    const { mode, size } = await file.stat();
    if ((mode & 0o077) !== 0) {
      throw keyringErrors.master_key_exposed({
        message: `The master key file ${path} can be read by other users (mode ${(mode & 0o777).toString(8)}). Run \`chmod 600 ${path}\` and start again.`,
      });
    }
    if (size > FILE_BYTES_MAX) {
      throw keyringErrors.master_key_invalid({
        message: `The file ${path} holds ${size} bytes, which is no master key. It must hold 32 random bytes in base64.`,
      });
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * Writes a new key file that its owner alone can read, and keeps one that is already there. Whole or not at all, also
 * when the power fails or two processes start together: written aside, then linked to its name, which only one can win.
 */
export async function createMasterKeyFile(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${text}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  // Data sealed under a key whose name was lost with the power would be lost too.
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

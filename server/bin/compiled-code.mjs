import { lstatSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder in which Node keeps the program as it was compiled, without which loading it takes twice as long:
 * `NODE_COMPILE_CACHE` where the operator has set it, else beside the installed packages, with which it goes, else in the
 * home folder of who runs the program. `undefined` where none of them will do: then nothing is kept.
 *
 * What lies there is run as it is found, and Node asks nobody whose it is. Its own choice, one folder for all users under
 * /tmp, belongs to whoever makes it first, and with it everything that another user starts.
 */
export function compiledCodeFolder(env, candidates = [besidePackages, inHomeFolder]) {
  const chosen = env.NODE_COMPILE_CACHE;
  if (chosen !== undefined && chosen !== '') return chosen;
  if (env.NODE_DISABLE_COMPILE_CACHE !== undefined) return undefined;
  for (const candidate of candidates) {
    const folder = ownFolder(candidate);
    if (folder !== undefined) return folder;
  }
  return undefined;
}

/**
 * Who may write there may change the program itself. Only where the packages are this user's: what root leaves in somebody
 * else's could not be removed with them.
 */
function besidePackages() {
  const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));
  return lstatSync(packages).uid === process.getuid?.() ? join(packages, '.cache', 'gatehouse') : undefined;
}

/** As the system knows it, not `HOME`: that may still be the one of whoever called sudo. */
function inHomeFolder() {
  return join(userInfo().homedir, '.cache', 'gatehouse');
}

/** Made if it is not there; nothing unless it is a real folder of this user, in which nobody else may write. */
function ownFolder(candidate) {
  try {
    const folder = candidate();
    if (folder === undefined) return undefined;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { mode, uid } = lstatSync(folder);
    const isFolder = (mode & 0o170000) === 0o040000;
    const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    return isFolder && isOwn ? folder : undefined;
  } catch {
    // A folder that can't be made, or a user whom the system does not know.
    return undefined;
  }
}

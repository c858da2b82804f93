import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RunAs } from './run-as.ts';

const TRAVERSE = 0o1;
const READ = 0o4;

/** Can this user walk down to `path`, as far as the permission bits of the folders on the way tell? */
export async function canReach(path: string, ids: NonNullable<RunAs['ids']>): Promise<boolean> {
  let folder = await realpath(path);
  for (;;) {
    if (!allows(await stat(folder), TRAVERSE, ids)) return false;
    const parent = dirname(folder);
    if (parent === folder) return true;
    folder = parent;
  }
}

export async function canRead(path: string, ids: NonNullable<RunAs['ids']>): Promise<boolean> {
  return allows(await stat(path), READ, ids);
}

function allows(
  entry: { mode: number; uid: number; gid: number },
  right: number,
  { uid, gid }: NonNullable<RunAs['ids']>,
): boolean {
  const shift = entry.uid === uid ? 6 : entry.gid === gid ? 3 : 0;
  return ((entry.mode >> shift) & right) === right;
}

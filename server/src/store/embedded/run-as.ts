import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { storeErrors } from '../errors.ts';

/** The system user PostgreSQL runs as. `ids` is set when that is another than ours. */
export interface RunAs {
  userName: string;
  ids: { uid: number; gid: number } | undefined;
}

/** A user of its own first; `nobody` exists everywhere. PostgreSQL refuses to run as root. */
const USERS_FOR_ROOT = ['gatehouse', 'nobody'];

export async function chooseUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { userName: userInfo().username, ids: undefined };
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  for (const userName of USERS_FOR_ROOT) {
    const [, , uid, gid] = lines.find(([name]) => name === userName) ?? [];
    const ids = { uid: Number(uid), gid: Number(gid) };
    if (ids.uid > 0 && ids.gid > 0) return { userName, ids };
  }
  throw storeErrors.database_user_missing();
}

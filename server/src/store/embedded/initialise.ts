import { spawn } from 'node:child_process';
import { appendFile, chown, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Logger } from '#base';
import { storeErrors } from '../errors.ts';
import type { Binaries } from './binaries.ts';
import { isAlive } from './processes.ts';
import type { RunAs } from './run-as.ts';
import { DATABASE, OWNER_USER, PROGRAM_USER, writeSettings } from './settings.ts';

/**
 * Makes a new cluster in a draft folder and renames it into place when it is complete: a start that is cut off leaves no
 * half-made one behind, and of two that race one wins and the other uses its result.
 */
export async function initialise(deps: { log: Logger; runAs: RunAs }, binaries: Binaries, data: string): Promise<void> {
  const { log, runAs } = deps;
  await removeAbandonedDrafts(data);
  const draft = `${data}.new-${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  if (runAs.ids !== undefined) await chown(draft, runAs.ids.uid, runAs.ids.gid);
  try {
    await run(join(binaries.folder, 'initdb'), initdbArguments(draft, binaries.majorVersion), runAs);
    await appendFile(join(draft, 'postgresql.conf'), "\ninclude_if_exists = 'gatehouse.conf'\n");
    await writeSettings(draft, binaries.majorVersion, runAs);
    await run(
      join(binaries.folder, 'postgres'),
      ['--single', '-D', draft, 'postgres'],
      runAs,
      `create role ${PROGRAM_USER} login noinherit\ncreate database ${DATABASE}\n`,
    );
    await rename(draft, data);
    log.info({ folder: data, postgresql: binaries.majorVersion }, 'a new database was made');
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another program put its own there first.
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return;
    throw error;
  }
}

/** Text sorts by code point, the same on every platform and for ever: no index is damaged by a new operating system. */
function initdbArguments(data: string, majorVersion: number): string[] {
  const locale = majorVersion >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : [];
  const common = ['--encoding=UTF8', '--locale=C', '--no-instructions', '--data-checksums'];
  return ['-D', data, `--username=${OWNER_USER}`, '--auth-local=peer', '--auth-host=reject', ...common, ...locale];
}

async function removeAbandonedDrafts(data: string): Promise<void> {
  const prefix = `${basename(data)}.new-`;
  for (const name of await readdir(dirname(data))) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : undefined;
    if (pid !== undefined && !isAlive(pid)) await rm(join(dirname(data), name), { recursive: true, force: true });
  }
}

async function run(program: string, args: string[], runAs: RunAs, input = ''): Promise<void> {
  const child = spawn(program, args, { ...runAs.ids, cwd: '/', env: { LC_ALL: 'C' }, stdio: 'pipe' });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  const status = await promise.catch((cause: unknown) => {
    throw storeErrors.database_start_failed({ cause });
  });
  if (status !== 0 || /^(ERROR|FATAL|PANIC):/m.test(output)) {
    throw storeErrors.database_start_failed({ cause: `${basename(program)}: ${output}` });
  }
}

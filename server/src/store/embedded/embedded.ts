import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '#base';
import { storeErrors } from '../errors.ts';
import { pause } from '../pause.ts';
import type { Target } from '../pool.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { initialise } from './initialise.ts';
import { choosePlace, type Place, SOCKET_PORT } from './place.ts';
import { answersOn, inspectPostmaster, stopPostmaster } from './postmaster.ts';
import { chooseUser, type RunAs } from './run-as.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { DATABASE, OWNER_USER, PROGRAM_USER, writeSettings } from './settings.ts';

export interface EmbeddedServer {
  target: Target;
  /** Undefined when the server belongs to another program. */
  pid: () => number | undefined;
  close(): Promise<void>;
}

interface Deps {
  log: Logger;
  runAs: RunAs;
}

/** Several programs may start at once, and an orphan may need its time to end: each turn looks at the folder anew. */
const TURNS_MAX = 40;
const TURN_PAUSE_MILLISECONDS = 50;
const RESTART_FIRST_MILLISECONDS = 10;
const RESTART_MAX_MILLISECONDS = 5_000;

/**
 * Starts (or with `attach` joins) the PostgreSQL server of a data folder, making the folder on first use, and keeps it
 * running until closed.
 * @throws `data_folder_in_use`, `database_start_failed`, `database_platform_unsupported`, `database_version_mismatch`, …
 */
export async function openEmbedded(
  { log }: { log: Logger },
  options: { dataFolder: string; attach?: boolean; settings?: string },
): Promise<EmbeddedServer> {
  const deps: Deps = { log, runAs: await chooseUser() };
  const place = await choosePlace(deps, options.dataFolder);
  const binaries = await findBinaries(deps, { majorVersion: place.majorVersion, copyFolder: place.copies });
  if (place.majorVersion === undefined) await initialise(deps, binaries, place.data);
  for (let turn = 1; ; turn += 1) {
    const running = await takeOver(deps, place);
    if (running !== undefined) {
      if (options.attach !== true) throw inUse(running.owner);
      if (running.ready) return attached(running.sockets);
    } else {
      await writeSettings(place.data, binaries.majorVersion, deps.runAs, options.settings);
      try {
        const process = await startServer(deps, binaries, place);
        return supervise(deps, binaries, place, process);
      } catch (error) {
        // Another program may have been faster, or backends of a killed server may still hold its memory.
        if (!isRace(error) || turn >= TURNS_MAX) throw error;
      }
    }
    if (turn >= TURNS_MAX) throw storeErrors.database_start_failed();
    await pause(TURN_PAUSE_MILLISECONDS);
  }
}

/**
 * Looks for a server on the folder. One whose program is alive is returned; one left behind by a killed program is ended
 * cleanly, so that afterwards the folder is free. A pid file that means nothing any more is removed: its pid may belong
 * to another process by now, which would keep PostgreSQL from starting. (Should backends of a killed server be alive,
 * PostgreSQL still notices by its shared memory, which it finds by the folder itself. One that was made at the moment of the
 * killing holds the socket until it has noticed, and is waited for.)
 */
async function takeOver(
  { log }: Deps,
  place: Place,
): Promise<{ owner: number | undefined; ready: boolean; sockets: string } | undefined> {
  const found = await inspectPostmaster(place.data);
  if (found.state === 'running') {
    if (!found.ours || found.owner !== undefined) return found;
    log.warn({ pid: found.pid }, 'a database server left behind by a killed program is stopped first');
    if (!(await stopPostmaster(found.pid))) throw inUse(found.pid);
    return undefined;
  }
  const socket = join(place.sockets, `.s.PGSQL.${SOCKET_PORT}`);
  for (let turn = 1; await answersOn(socket); turn += 1) {
    if (turn >= TURNS_MAX) throw inUse(undefined);
    await pause(TURN_PAUSE_MILLISECONDS);
  }
  if (found.state === 'stale') await rm(join(place.data, 'postmaster.pid'), { force: true });
  return undefined;
}

/** Starts the server again when it ends unasked, with growing pauses while it does not come up. */
function supervise(deps: Deps, binaries: Binaries, place: Place, first: ServerProcess): EmbeddedServer {
  const stop = new AbortController();
  let current: ServerProcess | undefined = first;
  const loop = async (): Promise<void> => {
    let wait = RESTART_FIRST_MILLISECONDS;
    for (;;) {
      await current?.ended;
      if (stop.signal.aborted) return;
      if (current !== undefined)
        deps.log.error({ pid: current.pid }, 'the database server ended unasked and is restarted');
      current = undefined;
      await pause(wait, stop.signal);
      if (stop.signal.aborted) return;
      try {
        if ((await takeOver(deps, place)) !== undefined) throw inUse(undefined);
        current = await startServer(deps, binaries, place);
        // Closed in the meantime.
        if (stop.signal.aborted) await current.stop();
        deps.log.info({ pid: current.pid }, 'the database server is running again');
        wait = RESTART_FIRST_MILLISECONDS;
      } catch (error) {
        wait = Math.min(wait * 2, RESTART_MAX_MILLISECONDS);
        deps.log.error({ err: error }, 'the database server could not be restarted yet');
      }
    }
  };
  const running = loop();
  return {
    target: targetAt(place.sockets),
    pid: () => current?.pid,
    close: async () => {
      stop.abort();
      await current?.stop();
      await running;
    },
  };
}

function attached(sockets: string): EmbeddedServer {
  return { target: targetAt(sockets), pid: () => undefined, close: async () => undefined };
}

function targetAt(sockets: string): Target {
  const common = { host: sockets, port: SOCKET_PORT, database: DATABASE };
  return { program: { ...common, user: PROGRAM_USER }, owner: { ...common, user: OWNER_USER } };
}

function isRace(error: unknown): boolean {
  const cause = String((error as { cause?: unknown }).cause);
  return /lock file .* already exists|shared memory block|is still in use|empty lock file/s.test(cause);
}

function inUse(owner: number | undefined): Error {
  return storeErrors.data_folder_in_use(owner === undefined ? {} : { details: { pid: owner } });
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLogger, systemClock, systemRandom } from '#base';
import type {
  ConfigurationReport,
  InitReport,
  LocalOptions,
  MasterKeyRotation,
  RestoreOptions,
  RestoreReport,
  StartOptions,
  Terminal,
} from '#cli';
import { type Configuration, loadConfiguration } from '#configuration';
import type { Process } from './foundation.ts';
import { startGatehouse } from './main.ts';
import { restoreInto } from './restore-into.ts';
import { rotateMasterKey } from './rotate-master-key.ts';
import { lowerWorkerPriority } from './worker-priority.ts';

/** V8's own default. */
const YOUNG_SPACE_GROWTH = 2;
/**
 * V8 gives back what it does not need 8 s after the last big collection, and with it the room for young objects and compiled
 * code: the next requests then cost a fifth more for seconds, and some wait 60 ms. A pause between two bursts is longer.
 */
const QUIET_MILLISECONDS = 600_000;

/**
 * Until everything was collected for the first time V8 goes by a limit of its own, far above what a program has that has
 * just started. The function for it exists in contexts that were made under the flag: in this one, which is thrown away.
 */
function collectOnce(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') collect();
}

/** `gatehouse start`: runs until told to stop. */
export async function start(terminal: Terminal, options: StartOptions): Promise<void> {
  const startedAt = performance.now();
  // Heard from the first moment: who is told to stop in the midst of starting ends in order too, with the database it started.
  const stopped = untilStopped();
  const gatehouse = await startGatehouse(processOf(load(options)));
  const milliseconds = Math.round(performance.now() - startedAt);
  // From here on memory follows the work: bin/gatehouse.mjs held it down while loading.
  setFlagsFromString(`--semi-space-growth-factor=${YOUNG_SPACE_GROWTH}`);
  setFlagsFromString(`--memory-reducer-delay-ms=${QUIET_MILLISECONDS}`);
  collectOnce();
  lowerWorkerPriority();
  terminal.note(`Gatehouse is ready (${milliseconds} ms)`);
  const { issuer, gatewayUrl, administratorLink, controlUrl } = gatehouse;
  if (controlUrl !== undefined) terminal.note(`  issuer, Admin API and console  ${issuer}`);
  if (gatewayUrl !== undefined) terminal.note(`  gateway                        ${gatewayUrl}`);
  if (administratorLink !== undefined) {
    terminal.note(`  The first administrator signs up here, once, within a day:\n    ${administratorLink}`);
  }
  await stopped;
  await gatehouse.close();
}

/** Ctrl-C reaches every process of the terminal, and npm and our own starters pass it on: one wish comes several times. */
const ONE_WISH_MILLISECONDS = 1000;

/** Resolves at SIGINT or SIGTERM; asked once more, a moment later, the program ends at once. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    const onSignal = () => {
      askedAt ??= performance.now();
      if (performance.now() - askedAt > ONE_WISH_MILLISECONDS) process.exit(130);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  });
}

/** `gatehouse init`: everything that a first start makes, and no listener that outlives it. */
export async function init(options: LocalOptions): Promise<InitReport> {
  const configuration = load(options);
  const created = !existsSync(configuration.dataFolder);
  const anyPort = { host: '127.0.0.1', port: 0 };
  const gatehouse = await startGatehouse(
    quiet(
      processOf({
        ...configuration,
        role: 'control',
        listeners: { control: anyPort, gateway: { ...configuration.listeners.gateway, ...anyPort } },
      }),
    ),
  );
  await gatehouse.close();
  const { administratorLink } = gatehouse;
  return {
    dataFolder: configuration.dataFolder,
    issuer: configuration.issuer,
    created,
    ...(administratorLink === undefined ? {} : { administratorLink }),
  };
}

export async function rotate({
  toVariable,
  ...options
}: LocalOptions & { toVariable?: string }): Promise<MasterKeyRotation> {
  return rotateMasterKey(quiet(processOf(load(options))), process.env, toVariable);
}

/** A command that says itself what it did needs no log beside it, unless something is wrong. */
function quiet(process: Process): Process {
  const { level } = process.configuration.log;
  return level === 'info' ? { ...process, log: createLogger({ level: 'warn' }) } : process;
}

export async function restoreBackup({ file, passphrase, ...options }: RestoreOptions): Promise<RestoreReport> {
  return restoreInto(quiet(processOf(load(options))), { file, ...(passphrase === undefined ? {} : { passphrase }) });
}

export async function checkConfiguration(options: LocalOptions): Promise<ConfigurationReport> {
  const { dataFolder, issuer, database } = load(options);
  const embedded = database.kind === 'embedded';
  return {
    dataFolder,
    issuer,
    database: embedded ? join(dataFolder, 'postgres') : new URL(database.url).host,
    engine: embedded ? 'embedded PostgreSQL' : 'PostgreSQL by URL',
  };
}

export function load({ config, dataFolder, role }: StartOptions): Configuration {
  return loadConfiguration({
    workingFolder: process.cwd(),
    environment: process.env,
    ...(config === undefined ? {} : { file: config }),
    ...(dataFolder === undefined ? {} : { dataFolder }),
    ...(role === undefined ? {} : { role }),
  });
}

export function processOf(configuration: Configuration): Process {
  return { configuration, clock: systemClock, random: systemRandom, log: createLogger(configuration.log) };
}

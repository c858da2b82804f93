import { existsSync } from 'node:fs';
import { join } from 'node:path';
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
import { giveHeapRoom } from './heap-room.ts';
import { inlineMore } from './inline-more.ts';
import { startGatehouse } from './main.ts';
import { restoreInto } from './restore-into.ts';
import { rotateMasterKey } from './rotate-master-key.ts';
import { lowerWorkerPriority } from './worker-priority.ts';

/** `gatehouse start`: runs until told to stop. */
export async function start(terminal: Terminal, options: StartOptions): Promise<void> {
  const startedAt = performance.now();
  // Heard from the first moment: who is told to stop in the midst of starting ends in order too, with the database it started.
  const stopped = untilStopped();
  const gatehouse = await startGatehouse(processOf(load(options)));
  const milliseconds = Math.round(performance.now() - startedAt);
  giveHeapRoom();
  inlineMore();
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

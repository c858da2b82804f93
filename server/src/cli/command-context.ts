import type { Command } from 'commander';
import type { Clock } from '#base';
import { type AdminClient, adminClient } from './admin-client.ts';
import { findInstance } from './find-instance.ts';
import type { Terminal } from './output.ts';

/** What needs the rooms themselves rather than a running instance. Given by the program's entry, loaded only when used. */
export interface LocalCommands {
  start(options: StartOptions): Promise<void>;
  init(options: LocalOptions): Promise<InitReport>;
  restore(options: RestoreOptions): Promise<RestoreReport>;
  rotateMasterKey(options: LocalOptions & { toVariable?: string }): Promise<MasterKeyRotation>;
  /** Whether the boot configuration is sound, and what it says. */
  checkConfiguration(options: LocalOptions): Promise<ConfigurationReport>;
}

export interface LocalOptions {
  config?: string;
  dataFolder?: string;
}
export interface StartOptions extends LocalOptions {
  role?: string;
}
export interface InitReport {
  dataFolder: string;
  issuer: string;
  administratorLink?: string;
  created: boolean;
}
export interface RestoreOptions extends LocalOptions {
  file: string;
  passphrase?: string;
}
export interface RestoreReport {
  dataFolder: string;
  tables: number;
  rows: number;
  masterKeyRestored: boolean;
}
export interface MasterKeyRotation {
  masterKeyId: string;
  /** The file that holds the new key, and where the old one went. Absent for a key that is kept elsewhere. */
  path?: string;
  previous?: string;
}
export interface ConfigurationReport {
  dataFolder: string;
  issuer: string;
  database: string;
  engine: string;
}

export interface CommandContext {
  terminal: Terminal;
  environment: NodeJS.ProcessEnv;
  workingFolder: string;
  clock: Clock;
  local: LocalCommands;
  /** Reads standard input whole; for `-f -` and secrets that must not stand on the command line. */
  readInput(): Promise<string>;
}

/** Adds `--json`, `--url`, `--cafile` and `--data-folder`, the habit of every command that talks to an instance. */
export function remote(command: Command): Command {
  return command
    .option('--json', 'print one JSON document, for scripts')
    .option('--url <url>', 'the instance to talk to')
    .option('--cafile <path>', 'authorities (PEM) that its certificate may be of, besides the well-known ones')
    .option('--data-folder <folder>', 'the data folder of the local instance');
}

export interface RemoteFlags {
  json?: boolean;
  url?: string;
  dataFolder?: string;
  cafile?: string;
}

export function connect(context: CommandContext, flags: RemoteFlags): AdminClient {
  return adminClient(findInstance(flags, context));
}

/** Adds `--config` and `--data-folder`, the habit of every command that works on this machine's own files. */
export function onLocalMachine(command: Command): Command {
  return command
    .option('-c, --config <path>', 'boot configuration')
    .option('--data-folder <folder>', 'where state is kept');
}

import { accessSync, constants, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type CommandContext, type LocalOptions, onLocalMachine, type StartOptions } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { printJson } from '../output.ts';

interface RestoreFlags extends LocalOptions {
  passphraseFile?: string;
  json?: boolean;
}

/** The commands that work on this machine's folder and database, with or without a running instance. */
export function addLocalCommands(program: Command, context: CommandContext): void {
  const { terminal, local } = context;

  onLocalMachine(program.command('start'))
    .option('--role <role>', 'all (default), control or gateway')
    .description('start Gatehouse')
    .action((options: StartOptions) => local.start(options));

  onLocalMachine(program.command('init'))
    .option('--json', 'print one JSON document, for scripts')
    .description('make the data folder, master key and database, and stop again')
    .action(async (options: LocalOptions & { json?: boolean }) => {
      const report = await local.init(options);
      if (options.json) return printJson(terminal, report);
      terminal.out(report.created ? `Made ${report.dataFolder}.` : `${report.dataFolder} was there already.`);
      if (report.administratorLink !== undefined) {
        terminal.out(
          `The first administrator signs up here, once, within a day of the start:\n  ${report.administratorLink}`,
        );
      }
      terminal.note('Start it with: gatehouse start');
    });

  const masterKey = program.command('master-key').description('the key that everything else is sealed under');
  onLocalMachine(masterKey.command('rotate'))
    .option('--to-env <variable>', 'the new key is in this environment variable, for keys that are not kept in a file')
    .option('--json', 'print one JSON document, for scripts')
    .description('seal everything under a new master key; stop the instance first')
    .action(async ({ json, toEnv, ...options }: LocalOptions & { json?: boolean; toEnv?: string }) => {
      const rotation = await local.rotateMasterKey({
        ...options,
        ...(toEnv === undefined ? {} : { toVariable: toEnv }),
      });
      if (json) return printJson(terminal, rotation);
      terminal.out(`Everything is sealed under master key ${rotation.masterKeyId}.`);
      if (rotation.path === undefined)
        return terminal.note('Put the new key where the configuration looks for it before you start.');
      terminal.note(`It is in ${rotation.path}. Backups made before need the old one: ${rotation.previous}.`);
    });

  onLocalMachine(program.command('restore'))
    .argument('<file>', 'made by gatehouse backup')
    .option('--passphrase-file <path>', 'file with the passphrase of an encrypted backup')
    .option('--json', 'print one JSON document, for scripts')
    .description('restore a backup into a new data folder; never over an existing one')
    .action(async (file: string, { passphraseFile, json, ...options }: RestoreFlags) => {
      const path = resolve(context.workingFolder, file);
      readable(file, () => accessSync(path, constants.R_OK));
      const passphrase = passphraseFile === undefined ? undefined : readPassphrase(context, passphraseFile);
      const report = await local.restore({
        ...options,
        file: path,
        ...(passphrase === undefined ? {} : { passphrase }),
      });
      if (json) return printJson(terminal, report);
      terminal.out(`Restored ${report.rows} rows in ${report.tables} tables into ${report.dataFolder}.`);
      if (!report.masterKeyRestored)
        terminal.note('The backup holds no master key: put the one it was made with in place before you start.');
    });
}

export function readPassphrase({ workingFolder }: CommandContext, path: string): string {
  return readable(path, () => readFileSync(resolve(workingFolder, path), 'utf8')).replace(/\r?\n$/, '');
}

function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw cliErrors.file_unreadable({
      message: `${path} could not be read. Check the path and its permissions.`,
      cause,
    });
  }
}

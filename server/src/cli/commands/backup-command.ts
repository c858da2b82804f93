import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { printJson } from '../output.ts';
import { readPassphrase } from './local-commands.ts';

interface BackupFlags extends RemoteFlags {
  passphraseFile?: string;
}

export function addBackupCommand(program: Command, context: CommandContext): void {
  const { terminal } = context;
  remote(program.command('backup'))
    .argument('<file>', 'where to write; must not exist')
    .option('--passphrase-file <path>', 'encrypt under the passphrase in this file, and include the master key')
    .description('write a consistent snapshot of everything to one file, while the instance runs')
    .action(async (file: string, flags: BackupFlags) => {
      const path = resolve(context.workingFolder, file);
      if (existsSync(path)) throw cliErrors.usage({ message: `${file} exists already. Choose another name.` });
      const body =
        flags.passphraseFile === undefined ? {} : { passphrase: readPassphrase(context, flags.passphraseFile) };
      const response = await connect(context, flags).raw('/backup', {
        method: 'POST',
        body,
        headers: { accept: 'application/octet-stream' },
      });
      const bytes = await writeWhole(response, path);
      if (flags.json) return printJson(terminal, { file: path, bytes, encrypted: flags.passphraseFile !== undefined });
      terminal.out(`Wrote ${bytes.toLocaleString('en')} bytes to ${file}.`);
      if (flags.passphraseFile === undefined) {
        terminal.note(
          'It holds no master key: without that file from the data folder nothing sealed in it can be read.',
        );
      }
    });
}

/** A backup that broke off must not look like one: it gets its name only when it is whole. */
async function writeWhole(response: Response, path: string): Promise<number> {
  if (response.body === null) throw cliErrors.request_refused({ message: 'The server sent no backup.' });
  const partial = `${path}.part`;
  let bytes = 0;
  try {
    const counted = Readable.fromWeb(response.body).on('data', (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
    });
    await pipeline(counted, createWriteStream(partial, { mode: 0o600, flags: 'wx' }));
    renameSync(partial, path);
    return bytes;
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

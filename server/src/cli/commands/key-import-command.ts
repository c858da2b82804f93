import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { printJson } from '../output.ts';
import { readRecords } from '../read-records.ts';

interface Imported {
  created: number;
  existing: number;
  failed: number;
  errors: { record: number; code: string; message: string }[];
}

const BATCH_RECORDS = 200;
const ERRORS_SHOWN_MAX = 100;

export function addKeyImportCommand(keys: Command, context: CommandContext): void {
  const { terminal, workingFolder } = context;
  remote(keys.command('import'))
    .argument('<file>', 'NDJSON: one key on each line, with its `hash`')
    .requiredOption('--format <file>', 'JSON: how the keys were hashed; - reads standard input')
    .description('take over keys that another system issued; run it again to go on where it broke off')
    .action(async (file: string, flags: RemoteFlags & { format: string }) => {
      const client = connect(context, flags);
      const format = readFormat(
        flags.format === '-' ? await context.readInput() : await readFile(resolve(workingFolder, flags.format), 'utf8'),
      );
      const total: Imported = { created: 0, existing: 0, failed: 0, errors: [] };
      const send = async (from: number, records: unknown[]) => {
        const body = { format, from, records };
        const done = await client.json<Imported>('/keys/import', { method: 'POST', body });
        for (const count of ['created', 'existing', 'failed'] as const) total[count] += done[count];
        total.errors.push(...done.errors.slice(0, Math.max(0, ERRORS_SHOWN_MAX - total.errors.length)));
        if (!flags.json) terminal.note(`${from + records.length} records done`);
      };
      let from = 0;
      let batch: unknown[] = [];
      for await (const record of readRecords(resolve(workingFolder, file), 'lines')) {
        batch.push(record ?? null);
        if (batch.length < BATCH_RECORDS) continue;
        await send(from, batch);
        from += batch.length;
        batch = [];
      }
      if (batch.length > 0) await send(from, batch);
      if (flags.json) return printJson(terminal, total);
      for (const { record, message } of total.errors) terminal.note(`record ${record}: ${message}`);
      terminal.out(`${total.created} imported, ${total.existing} there already, ${total.failed} refused.`);
    });
}

function readFormat(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw cliErrors.usage({ message: 'The format is not JSON. Write {"algorithm": "sha256", "prefix": "sk_", …}.' });
  }
}

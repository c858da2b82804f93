import { createHash } from 'node:crypto';
import { closeSync, createReadStream, createWriteStream, existsSync, openSync, readSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { AdminClient } from '../admin-client.ts';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { plain, printJson } from '../output.ts';
import { readHashConfig } from '../read-hash-config.ts';
import { findLines, readRecords } from '../read-records.ts';

/** By format: lines, or one document; Auth0 hands out both. */
const SHAPES: Readonly<Record<string, (path: string) => 'lines' | 'document'>> = {
  ndjson: () => 'lines',
  keycloak: () => 'document',
  auth0: (path) => (firstCharacter(path) === '[' ? 'document' : 'lines'),
  firebase: () => 'document',
};
const FORMATS = Object.keys(SHAPES);

/** Both stay below what the Admin API takes in one request. */
const BATCH_RECORDS = 500;
const BATCH_BYTES = 2 * 1024 * 1024;
const ERRORS_SHOWN = 20;
const PROGRESS_EVERY = 10_000;

interface ImportFlags extends RemoteFlags {
  format: string;
  dryRun?: boolean;
  errors?: string;
  hashConfig?: string;
}
interface Progress {
  recordsDone: number;
  created: number;
  failed: number;
}
interface RecordError {
  record: number;
  /** Where the file has a record on each. */
  line?: number;
  code: string;
  message: string;
}

export function addUserCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const users =
    program.commands.find((command) => command.name() === 'users') ??
    program.command('users').description('people: import and export in bulk');

  remote(users.command('import'))
    .argument('<file>', 'people, with the hashes of their passwords')
    .option('--format <format>', FORMATS.join(', '), 'ndjson')
    .option('--hash-config <file>', 'of a Firebase project: its password hash parameters, as its console shows them')
    .option('--dry-run', 'say what would happen, and change nothing')
    .option('--errors <file>', 'write what went wrong there, one JSON document a line')
    .description('add people from a file; the same again goes on where it stopped')
    .action(async (file: string, flags: ImportFlags) => {
      const path = resolve(context.workingFolder, file);
      const shape = SHAPES[flags.format];
      if (shape === undefined)
        throw cliErrors.usage({ message: `There is no format ${flags.format}. Use ${FORMATS.join(', ')}.` });
      if (!existsSync(path)) throw cliErrors.usage({ message: `${file} was not found.` });
      const client = connect(context, flags);
      const config =
        flags.hashConfig === undefined
          ? undefined
          : await readFile(resolve(context.workingFolder, flags.hashConfig), 'utf8');
      const hashConfig = config === undefined ? undefined : readHashConfig(config);
      const records = () => withConfig(readRecords(path, shape(path)), hashConfig);
      const done = flags.dryRun
        ? await check(client, flags.format, records)
        : await load(client, {
            format: flags.format,
            key: await digestOf(
              path,
              hashConfig === undefined ? flags.format : flags.format + JSON.stringify(hashConfig),
            ),
            records,
            note: terminal.note,
          });
      const lines =
        done.errors.length > 0 && shape(path) === 'lines'
          ? await findLines(
              path,
              done.errors.map(({ record }) => record),
            )
          : undefined;
      const errors = done.errors.map(({ record, ...error }) => {
        const line = lines?.get(record);
        return { record, ...(line === undefined ? {} : { line }), ...error };
      });
      report(context, flags, { ...done, errors });
    });

  remote(users.command('export'))
    .option('-o, --output <file>', 'where to write; must not exist')
    .description('everybody, one JSON document a line, without passwords')
    .action(async (flags: RemoteFlags & { output?: string }) => {
      const response = await connect(context, flags).raw('/user-export', {
        headers: { accept: 'application/x-ndjson' },
      });
      if (response.body === null) throw cliErrors.request_refused({ message: 'The server sent nothing.' });
      const body = Readable.fromWeb(response.body);
      if (flags.output === undefined) {
        for await (const chunk of body.setEncoding('utf8')) terminal.out(String(chunk).replace(/\n$/, ''));
        return;
      }
      const path = resolve(context.workingFolder, flags.output);
      await pipeline(body, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
      terminal.note(`Wrote ${flags.output}.`);
    });
}

async function* withConfig(records: AsyncGenerator<unknown>, hashConfig: object | undefined): AsyncGenerator<unknown> {
  for await (const record of records) {
    yield hashConfig !== undefined && typeof record === 'object' ? { ...record, hashConfig } : record;
  }
}

type Done = Progress & { errors: RecordError[] };

/** Sends what is not done yet, and asks again how far it is when somebody else was at it. */
async function load(
  client: AdminClient,
  input: { format: string; key: string; records: () => AsyncGenerator<unknown>; note: (text: string) => void },
): Promise<Done> {
  const { format, key, records, note } = input;
  const started = await client.json<Progress & { id: string }>('/user-imports', {
    method: 'POST',
    body: { key, format },
  });
  if (started.recordsDone > 0) note(`${started.recordsDone} records are done already; going on after them.`);
  let progress: Progress = started;
  for await (const { from, batch } of batches(records(), started.recordsDone)) {
    const path = `/user-imports/${started.id}/records`;
    progress = await client.json<Progress>(path, { method: 'POST', body: { from, records: batch } });
    if (Math.floor(progress.recordsDone / PROGRESS_EVERY) > Math.floor(from / PROGRESS_EVERY)) {
      note(`${progress.recordsDone} records: ${progress.created} added, ${progress.failed} refused`);
    }
  }
  return { ...progress, errors: progress.failed === 0 ? [] : await readErrors(client, started.id) };
}

async function check(client: AdminClient, format: string, records: () => AsyncGenerator<unknown>): Promise<Done> {
  const done: Done = { recordsDone: 0, created: 0, failed: 0, errors: [] };
  for await (const { from, batch } of batches(records(), 0)) {
    const body = { format, from, records: batch };
    const found = await client.json<Omit<Done, 'recordsDone'>>('/user-imports/check', { method: 'POST', body });
    done.recordsDone = from + batch.length;
    done.created += found.created;
    done.failed += found.failed;
    for (const error of found.errors) done.errors.push(error);
  }
  return done;
}

async function* batches(
  records: AsyncIterable<unknown>,
  skip: number,
): AsyncGenerator<{ from: number; batch: unknown[] }> {
  let from = skip;
  let seen = 0;
  let bytes = 0;
  let batch: unknown[] = [];
  for await (const record of records) {
    seen += 1;
    if (seen <= skip) continue;
    // A record that can't be read keeps its number and is refused by the server like any other bad one.
    batch.push(record ?? null);
    bytes += JSON.stringify(record ?? null).length;
    if (batch.length < BATCH_RECORDS && bytes < BATCH_BYTES) continue;
    yield { from, batch };
    from += batch.length;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield { from, batch };
}

async function readErrors(client: AdminClient, id: string): Promise<RecordError[]> {
  const all: RecordError[] = [];
  for (;;) {
    const after = all.at(-1)?.record ?? 0;
    const { items } = await client.json<{ items: RecordError[] }>(`/user-imports/${id}/errors`, { query: { after } });
    if (items.length === 0) return all;
    for (const item of items) all.push(item);
  }
}

function report({ terminal, workingFolder }: CommandContext, flags: ImportFlags, done: Done): void {
  const { recordsDone, created, failed, errors } = done;
  if (flags.errors !== undefined) {
    const lines = errors.map((error) => `${JSON.stringify(error)}\n`).join('');
    writeFileSync(resolve(workingFolder, flags.errors), lines, { mode: 0o600 });
  }
  if (failed > 0) process.exitCode = EXIT_CODES.failed;
  if (flags.json) {
    printJson(terminal, { recordsDone, created, failed, errors });
    return;
  }
  for (const { record, line, message } of errors.slice(0, ERRORS_SHOWN))
    terminal.note(`  ${line === undefined ? `record ${record}` : `line ${line}`}: ${plain(message)}`);
  if (errors.length > ERRORS_SHOWN) terminal.note(`  … and ${errors.length - ERRORS_SHOWN} more`);
  const verb = flags.dryRun === true ? 'would be added' : 'added';
  terminal.out(`${recordsDone} records: ${created} ${verb}, ${failed} refused.`);
}

async function digestOf(path: string, format: string): Promise<string> {
  const hash = createHash('sha256').update(`${format}\n`);
  await pipeline(createReadStream(path), hash);
  return hash.digest('base64url');
}

function firstCharacter(path: string): string {
  const start = Buffer.alloc(64);
  const file = openSync(path, 'r');
  const length = readSync(file, start);
  closeSync(file);
  return start.toString('utf8', 0, length).trimStart().charAt(0);
}

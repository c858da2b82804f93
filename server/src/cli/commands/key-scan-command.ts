import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { plain, printJson } from '../output.ts';

interface Finding {
  file: string;
  line: number;
  column: number;
  kind: string;
  /** The beginning and the end, to tell them apart; the whole would be one more place to find it. */
  display: string;
}

/** Nobody writes keys there by hand, and there is much of it. */
const PASSED_OVER = new Set(['.git', 'node_modules']);
const FILE_BYTES_MAX = 5 * 1024 * 1024;

/** Looks for credentials of ours in files. The checksum tells them from text that only looks like one. */
export function addKeyScanCommand(keys: Command, context: CommandContext): void {
  const { terminal } = context;
  remote(keys.command('scan'))
    .argument('<path>', 'a file or a folder; .git and node_modules are passed over')
    .option('--report', 'report the API keys that are found: they are revoked or set aside, as the key policy says')
    .description('find keys in a working tree; exits with 1 when there are any')
    .action(async (path: string, flags: RemoteFlags & { report?: boolean }) => {
      const found = [...scan(path, await import('#keyring'))];
      const outcomes = new Map<string, string>();
      if (flags.report) {
        const client = connect(context, flags);
        for (const key of new Set(found.filter(({ kind }) => kind === 'api_key').map(({ text }) => text))) {
          const body = { key, source: 'scan' };
          const { outcome } = await client.json<{ outcome: string }>('/leaks', { method: 'POST', body });
          outcomes.set(key, outcome);
        }
      }
      const findings = found.map(({ text, ...finding }) => ({ ...finding, outcome: outcomes.get(text) ?? null }));
      if (flags.json) printJson(terminal, { findings });
      else if (findings.length === 0) terminal.note('No credentials were found.');
      for (const { file, line, column, kind, display, outcome } of flags.json ? [] : findings) {
        terminal.out(`${plain(file)}:${line}:${column}: ${kind} ${display}${outcome === null ? '' : ` (${outcome})`}`);
      }
      if (findings.length > 0) process.exitCode = EXIT_CODES.failed;
    });
}

function* scan(
  path: string,
  { CREDENTIAL_IN_TEXT, recogniseCredential }: typeof import('#keyring'),
): Generator<Finding & { text: string }> {
  for (const file of filesUnder(path)) {
    if (statSync(file).size > FILE_BYTES_MAX) continue;
    const content = readFileSync(file, 'latin1');
    for (const match of content.matchAll(CREDENTIAL_IN_TEXT)) {
      const [text] = match;
      const recognised = recogniseCredential(text);
      if (recognised === undefined) continue;
      const before = content.slice(0, match.index);
      yield {
        text,
        file: relative('.', file),
        line: before.split('\n').length,
        column: match.index - before.lastIndexOf('\n'),
        kind: recognised.kind,
        display: `${text.slice(0, 12)}…${text.slice(-4)}`,
      };
    }
  }
}

/** Links are not followed: they lead out of the tree, or round in it. */
function* filesUnder(path: string): Generator<string> {
  let entries: Dirent[];
  try {
    entries = statSync(path).isDirectory() ? readdirSync(path, { withFileTypes: true }) : [];
  } catch (cause) {
    throw cliErrors.usage({ message: `There is nothing to read at ${path}.`, cause });
  }
  if (!statSync(path).isDirectory()) yield path;
  for (const entry of entries) {
    if (entry.isFile()) yield join(path, entry.name);
    else if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) yield* filesUnder(join(path, entry.name));
  }
}

import { statSync } from 'node:fs';
import { basename, relative } from 'node:path';
import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { type FoundCredential, findCredentials, type UnreadPlace } from '../find-credentials.ts';
import { plain, printJson } from '../output.ts';

type ReportFlags = RemoteFlags & { report?: boolean; place?: string };

/** Looks for credentials of ours in files. */
export function addKeyScanCommand(keys: Command, context: CommandContext): void {
  const { terminal } = context;
  remote(keys.command('scan'))
    .argument('<path>', 'a file or a folder; .git and node_modules are passed over, files that git ignores are not')
    .option('--report', 'report the API keys that are found: they are revoked or set aside, as the key policy says')
    .option(
      '--place <name>',
      'with --report: what is searched, a repository or a machine, so that a find is known again',
    )
    .description('find keys in a working tree; exits with 1 when there are any, or something could not be read')
    .action(async (path: string, flags: ReportFlags) => {
      if (flags.place !== undefined && !flags.report) throw cliErrors.usage({ message: '--place goes with --report.' });
      const { found, unread } = await scan(path);
      const { outcomes, problem } = flags.report ? await report(context, flags, { path, found }) : NOTHING_REPORTED;
      const findings = found.map(({ text, ...finding }) => ({
        ...finding,
        outcome: outcomes.get(nameOf({ ...finding, text }, flags)) ?? null,
      }));
      if (flags.json) printJson(terminal, { findings, unread });
      else if (findings.length === 0)
        terminal.note(`No credentials were found${unread.length === 0 ? '' : ' in what could be read'}.`);
      for (const { file, line, column, kind, display, outcome } of flags.json ? [] : findings) {
        terminal.out(`${plain(file)}:${line}:${column}: ${kind} ${display}${outcome === null ? '' : ` (${outcome})`}`);
      }
      for (const { file, why } of unread) terminal.note(`Not searched: ${plain(file)} (${why}).`);
      if (findings.length > 0 || unread.length > 0) process.exitCode = EXIT_CODES.failed;
      // After the list: what was found must be seen also when nobody could be told.
      if (problem !== undefined) throw problem;
      if (!flags.json && !flags.report && found.some(({ kind }) => kind === 'api_key'))
        terminal.note(
          'End them, wherever they are good: the same with --report, or gatehouse breach for one that was used.',
        );
    });
}

/** What a report may name. */
const FILE_LENGTH_MAX = 1024;

const NOTHING_REPORTED: Awaited<ReturnType<typeof report>> = { outcomes: new Map(), problem: undefined };

/** What is reported once: a key, or, where finds are known by their place, a key in a file. */
function nameOf({ text, file }: Pick<FoundCredential, 'text' | 'file'>, { place }: ReportFlags): string {
  return place === undefined ? text : `${text} ${file}`;
}

async function scan(path: string): Promise<{ found: FoundCredential[]; unread: UnreadPlace[] }> {
  const words = await import('#keyring');
  try {
    statSync(path);
  } catch (cause) {
    throw cliErrors.usage({ message: `There is nothing to read at ${path}.`, cause });
  }
  const found: FoundCredential[] = [];
  const unread: UnreadPlace[] = [];
  for (const each of findCredentials(path, words)) {
    const file = relative('.', each.file);
    if ('text' in each) found.push({ ...each, file });
    else unread.push({ ...each, file });
  }
  return { found, unread };
}

async function report(
  context: CommandContext,
  flags: ReportFlags,
  { path, found }: { path: string; found: readonly FoundCredential[] },
): Promise<{ outcomes: ReadonlyMap<string, string>; problem: unknown }> {
  const outcomes = new Map<string, string>();
  try {
    const client = connect(context, flags);
    const keys = found.filter(({ kind }) => kind === 'api_key');
    for (const [name, { text: key, file }] of new Map(keys.map((each) => [nameOf(each, flags), each]))) {
      // From where the search began: the folder that a repository is checked out to is another one each time.
      const within = plain(relative(path, file) || basename(file));
      const place = flags.place === undefined ? {} : { file: `${flags.place}: ${within}`.slice(-FILE_LENGTH_MAX) };
      const body = { key, source: 'scan', ...place };
      const { outcome } = await client.json<{ outcome: string }>('/leaks', { method: 'POST', body });
      outcomes.set(name, outcome);
    }
    return { outcomes, problem: undefined };
  } catch (problem) {
    return { outcomes, problem };
  }
}

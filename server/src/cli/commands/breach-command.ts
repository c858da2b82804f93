import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { parseDuration } from '../duration.ts';
import { instant, paint, plain, printJson, printTable } from '../output.ts';

interface Place {
  of: string;
  calls: number;
  allowed: number;
  bytesIn: number;
  bytesOut: number;
  firstAt: number;
  lastAt: number;
}

interface Breach {
  key: { id: string; name: string; revokedAt: number | null; replacedBy: string | null };
  touched: { calls: number; routes: Place[]; objects: Place[]; addresses: Place[]; complete: boolean } | null;
  changed: {
    events: { at: number; type: string; target: { type: string; id: string; name?: string } }[];
    complete: boolean;
  } | null;
  notice: string;
  replacement: { id: string; key: string } | null;
}

const SHOWN_MAX = 20;

export function addBreachCommand(program: Command, context: CommandContext): void {
  const { terminal, clock } = context;
  remote(program.command('breach'))
    .argument(
      '[credential]',
      'the API key or its id; from standard input when left out, so that it stays out of the history',
    )
    .option('--reason <text>', 'kept with the key and in the audit log')
    .option('--last <duration>', 'how far back to look for what it touched; everything that is kept when left out')
    .option('--replace', 'issue a key that may do the same')
    .description('a key is in the wrong hands: end it, list what it touched, draft the notice, replace it')
    .action(
      async (given: string | undefined, flags: RemoteFlags & { reason?: string; last?: string; replace?: boolean }) => {
        const breach = await connect(context, flags).json<Breach>('/breaches', {
          method: 'POST',
          body: {
            credential: (given ?? (await context.readInput())).trim(),
            ...(flags.reason === undefined ? {} : { reason: flags.reason }),
            ...(flags.last === undefined ? {} : { since: clock.now() - parseDuration(flags.last) * 1000 }),
            ...(flags.replace ? { replace: true } : {}),
          },
        });
        if (flags.json) return printJson(terminal, breach);
        const { key, touched, changed, replacement } = breach;
        terminal.out(`Revoked ${key.id} (${plain(key.name)}) on ${instant(key.revokedAt)}.`);
        if (touched !== null) {
          for (const name of ['routes', 'objects', 'addresses'] as const) {
            if (touched[name].length === 0) continue;
            terminal.out(`\n${paint(terminal, 'bold', name)}`);
            printTable(
              terminal,
              ['WHAT', 'CALLS', 'ALLOWED', 'BYTES IN', 'BYTES OUT', 'FIRST', 'LAST'],
              touched[name].slice(0, SHOWN_MAX).map(rowOf),
            );
            if (touched[name].length > SHOWN_MAX)
              terminal.note(`… and ${touched[name].length - SHOWN_MAX} more: --json shows them`);
          }
        }
        if (changed !== null && changed.events.length > 0) {
          terminal.out(`\n${paint(terminal, 'bold', 'changes in Gatehouse itself')}`);
          printTable(terminal, ['WHEN', 'WHAT', 'OF'], changed.events.slice(0, SHOWN_MAX).map(changeRow));
          if (changed.events.length > SHOWN_MAX)
            terminal.note(`… and ${changed.events.length - SHOWN_MAX} more: --json shows them`);
          terminal.note('What was made with the key goes on until you end it.');
        }
        if (touched?.complete === false || changed?.complete === false)
          terminal.note('There is more than was looked at: narrow the time with --last.');
        terminal.out(`\n${paint(terminal, 'bold', 'draft of a notice')}`);
        for (const line of breach.notice.split('\n')) terminal.out(plain(line));
        if (replacement !== null) {
          terminal.out(`\n${replacement.key}`);
          terminal.note(`${replacement.id}: keep it now, it is not shown again.`);
        } else if (key.replacedBy !== null) {
          terminal.note(
            `${key.replacedBy} takes its place since before. Was it the holder who replaced it? If not: gatehouse breach ${key.replacedBy}`,
          );
        }
      },
    );
}

function changeRow({ at, type, target }: NonNullable<Breach['changed']>['events'][number]): string[] {
  return [instant(at), type, plain(`${target.type} ${target.name ?? target.id}`)];
}

function rowOf({ of, calls, allowed, bytesIn, bytesOut, firstAt, lastAt }: Place): string[] {
  const numbers = [calls, allowed, bytesIn, bytesOut].map(String);
  return [plain(of || '(none)'), ...numbers, instant(firstAt), instant(lastAt)];
}

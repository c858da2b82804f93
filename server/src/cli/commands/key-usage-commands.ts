import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { csvCell } from '../csv-cell.ts';
import { parseDuration } from '../duration.ts';
import { cliErrors } from '../errors.ts';
import { keyPath } from '../key-text.ts';
import { instant, plain, printJson, printTable } from '../output.ts';

interface Usage {
  calls: number;
  clientErrors: number;
  serverErrors: number;
  refused: number;
  denied: number;
  limited: number;
  bytesIn: number;
  bytesOut: number;
  durationMicrosP50: number;
  durationMicrosP95: number;
}

interface BilledKey {
  name: string;
  environment: string;
  owner?: { id: string };
  organizationId?: string;
  plan: string | null;
}

interface Page {
  from: number;
  to: number;
  complete: boolean;
  items: (Usage & { keyId: string; key: BilledKey | null })[];
  nextCursor: string | null;
}

const COUNTS = ['CALLS', '4XX', '5XX', '401', '403', '429', 'IN', 'OUT', 'P50 MS', 'P95 MS'];

export function addKeyUsageCommands(keys: Command, context: CommandContext): void {
  const { terminal, clock } = context;
  const since = (text: string) => clock.now() - parseDuration(text) * 1000;

  remote(keys.command('usage'))
    .argument('<id>')
    .option('--by <what>', 'hour, day or route', 'day')
    .option('--last <duration>', 'how far back', '30d')
    .description('what a key did: calls, errors, bytes and durations')
    .action(async (id: string, flags: RemoteFlags & { by: string; last: string }) => {
      const query = new URLSearchParams({ by: flags.by, from: String(since(flags.last)) });
      const { items } = await connect(context, flags).json<{ items: (Usage & { at?: number; route?: string })[] }>(
        `${keyPath(id)}/usage?${query}`,
      );
      if (flags.json) return printJson(terminal, { items });
      if (items.length === 0) return terminal.note('The key was not used in this time.');
      printTable(
        terminal,
        [flags.by.toUpperCase(), ...COUNTS],
        items.map((item) => [
          item.route === undefined ? instant(item.at) : plain(item.route || '(none)'),
          ...cells(item),
        ]),
      );
    });

  remote(keys.command('report'))
    .option('--last <duration>', 'how far back', '30d')
    .option('--month <month>', 'one month of the calendar (UTC), as 2026-01, instead')
    .option('--csv', 'comma-separated values, for a spreadsheet or a bill')
    .description('what every key did in a time')
    .action(async (flags: RemoteFlags & { last: string; month?: string; csv?: boolean }) => {
      const items: Page['items'] = [];
      // One end for all pages, so that they speak of the same time.
      const [from, to] = flags.month === undefined ? [since(flags.last), clock.now()] : monthOf(flags.month);
      const query = new URLSearchParams({ from: String(from), to: String(to), limit: '200' });
      let cursor: string | null = '';
      let counted: Pick<Page, 'from' | 'to' | 'complete'> = { from, to, complete: true };
      while (cursor !== null) {
        if (cursor !== '') query.set('cursor', cursor);
        const page: Page = await connect(context, flags).json<Page>(`/key-usage?${query}`);
        items.push(...page.items);
        counted = { from: page.from, to: page.to, complete: page.complete };
        cursor = page.nextCursor;
      }
      if (flags.json) return printJson(terminal, { ...counted, items });
      if (!counted.complete)
        terminal.note(
          `Whole hours from ${instant(counted.from)} to ${instant(counted.to)}. The last is under way, or the first are longer ago than what is kept: no bill yet.`,
        );
      if (flags.csv) {
        const columns = [
          'keyId',
          'calls',
          'clientErrors',
          'serverErrors',
          'refused',
          'denied',
          'limited',
          'bytesIn',
          'bytesOut',
        ] as const;
        // What was added came after what was there: a program may count columns.
        terminal.out([...columns, ...ABOUT_KEY].join(','));
        for (const item of items) {
          const { name, environment, organizationId, owner, plan } = item.key ?? {};
          const about = [name, environment, organizationId, owner?.id, plan].map((text) => csvCell(text ?? ''));
          terminal.out([...columns.map((column) => item[column]), ...about].join(','));
        }
        return;
      }
      if (items.length === 0) return terminal.note('No key was used in this time.');
      printTable(
        terminal,
        ['KEY', 'NAME', 'PLAN', ...COUNTS],
        items.map((item) => [item.keyId, plain(item.key?.name ?? ''), plain(item.key?.plan ?? ''), ...cells(item)]),
      );
    });
}

const ABOUT_KEY = ['name', 'environment', 'organizationId', 'ownerId', 'plan'];

/** From its first hour to that of the next. */
function monthOf(text: string): [from: number, to: number] {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? [];
  if (year === undefined) throw cliErrors.usage({ message: 'A month is written as 2026-01.' });
  return [Date.UTC(Number(year), Number(month) - 1), Date.UTC(Number(year), Number(month))];
}

function cells(usage: Usage): string[] {
  const { calls, clientErrors, serverErrors, refused, denied, limited, bytesIn, bytesOut } = usage;
  const counts = [calls, clientErrors, serverErrors, refused, denied, limited, bytesIn, bytesOut].map(String);
  return [...counts, milliseconds(usage.durationMicrosP50), milliseconds(usage.durationMicrosP95)];
}

/** They are upper bounds of what was measured. */
function milliseconds(micros: number): string {
  return `≤${micros / 1000}`;
}

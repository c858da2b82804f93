import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { instant, plain, printJson, printTable } from '../output.ts';

interface Drift {
  lastSeen: number | null;
  undocumented: { what: string; operation: string; name: string; count: number; lastSeen: number }[];
  unseen: { what: string; operation: string; name: string }[];
  violations: { operation: string; count: number; lastSeen: number }[];
}

export function addApiCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const apis = program.command('apis').description('APIs and their descriptions');

  remote(apis.command('drift'))
    .argument('<api>')
    .description('where the description of an API and its traffic differ')
    .action(async (api: string, flags: RemoteFlags) => {
      const drift = await connect(context, flags).json<Drift>(`/apis/${encodeURIComponent(api)}/drift`);
      if (flags.json) return printJson(terminal, drift);
      const { undocumented, unseen, violations } = drift;
      const rows = [
        ...undocumented.map(({ what, operation, name, count, lastSeen }) => [
          ...['seen, not described', plain(what), plain(operation), plain(name)],
          ...[plain(count), instant(lastSeen)],
        ]),
        ...unseen.map(({ what, operation, name }) => [
          ...['described, not seen', plain(what), plain(operation), plain(name)],
          ...['', ''],
        ]),
        ...violations.map(({ operation, count, lastSeen }) => [
          ...['not as described', 'request', plain(operation), ''],
          ...[plain(count), instant(lastSeen)],
        ]),
      ];
      if (rows.length === 0) return terminal.out('The description and what was seen agree.');
      printTable(terminal, ['DRIFT', 'WHAT', 'OPERATION', 'NAME', 'COUNT', 'LAST SEEN'], rows);
    });
}

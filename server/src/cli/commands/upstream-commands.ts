import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { plain, printJson, printTable } from '../output.ts';

interface UpstreamHealth {
  name: string;
  breaker: string;
  inFlight: number;
  retries: number;
  refused: number;
  targets: {
    url: string;
    available: boolean;
    healthy: boolean;
    ejection: string;
    inFlight: number;
    requests: number;
    failed: number;
    problem: string;
  }[];
}

export function addUpstreamCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const upstreams = program.command('upstreams').description('the services behind the gateway');

  remote(upstreams.command('health'))
    .argument('<name>', 'the upstream')
    .description('which of its targets get requests, and why the others do not')
    .action(async (name: string, flags: RemoteFlags) => {
      const path = `/upstreams/${encodeURIComponent(name)}/health`;
      const health = await connect(context, flags).json<UpstreamHealth>(path);
      if (flags.json) return printJson(terminal, health);
      const rows = health.targets.map((target) => [
        plain(target.url),
        plain(stateOf(target)),
        plain(target.inFlight),
        plain(target.requests),
        plain(target.failed),
      ]);
      printTable(terminal, ['TARGET', 'STATE', 'UNDER WAY', 'REQUESTS', 'FAILED'], rows);
      const { breaker, retries, refused } = health;
      terminal.out(`breaker ${breaker}, ${retries} retries, ${refused} refused`);
    });
}

function stateOf({ available, healthy, ejection, problem }: UpstreamHealth['targets'][number]): string {
  if (!healthy) return `not well: ${problem}`;
  if (ejection !== 'closed') return ejection === 'open' ? 'ejected' : 'ejected, trying';
  return available ? 'available' : 'not available';
}

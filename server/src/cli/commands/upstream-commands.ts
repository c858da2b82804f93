import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { instant, plain, printJson, printTable } from '../output.ts';
import { listAll, type Resource } from '../resource-kinds.ts';

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
    .argument('[name]', 'the upstream; all of them when left out')
    .description('which of its targets get requests, and why the others do not')
    .action(async (name: string | undefined, flags: RemoteFlags) => {
      const client = connect(context, flags);
      const healthOf = (each: string) => client.json<UpstreamHealth>(`/upstreams/${encodeURIComponent(each)}/health`);
      if (name === undefined) {
        const all: UpstreamHealth[] = [];
        for (const each of await listAll<Resource>(client, '/upstreams')) all.push(await healthOf(each.name));
        if (flags.json) return printJson(terminal, { items: all });
        if (all.length === 0) return terminal.note('There are no upstreams yet.');
        return printTable(
          terminal,
          ['UPSTREAM', ...TARGET_COLUMNS],
          all.flatMap((health) => health.targets.map((target) => [plain(health.name), ...targetRow(target)])),
        );
      }
      const health = await healthOf(name);
      if (flags.json) return printJson(terminal, health);
      printTable(terminal, TARGET_COLUMNS, health.targets.map(targetRow));
      const { breaker, retries, refused } = health;
      terminal.out(`breaker ${breaker}, ${retries} retries, ${refused} refused`);
    });
  addSecretCommands(upstreams, context);
}

interface UpstreamSecret {
  name: string;
  setAt: number | null;
  origins: string[] | null;
}

function addSecretCommands(upstreams: Command, context: CommandContext): void {
  const { terminal } = context;
  const secrets = upstreams.command('secrets').description('what a service asks for, and callers never hold');
  const pathOf = (upstream: string, name = '') =>
    `/upstreams/${encodeURIComponent(upstream)}/secrets${name && `/${encodeURIComponent(name)}`}`;

  remote(secrets.command('set'))
    .argument('<upstream>')
    .argument('<name>', 'as the upstream declares it in `secrets`')
    .option('--also <origin...>', 'where it may be sent besides the present targets: targets to come')
    .description('set the value that stands on standard input, or put it in the place of another')
    .action(async (upstream: string, name: string, flags: RemoteFlags & { also?: string[] }) => {
      const value = (await context.readInput()).replace(/\r?\n$/, '');
      const path = pathOf(upstream, name);
      const set = await connect(context, flags).json<UpstreamSecret>(path, {
        method: 'PUT',
        body: { value, also: flags.also ?? [] },
      });
      if (flags.json) return printJson(terminal, set);
      terminal.out(`${upstream}: ${name} is set; requests carry it from now on.`);
    });

  remote(secrets.command('list'))
    .argument('<upstream>')
    .description('which secrets it declares, and since when each is set')
    .action(async (upstream: string, flags: RemoteFlags) => {
      const answer = await connect(context, flags).json<{ items: UpstreamSecret[] }>(pathOf(upstream));
      if (flags.json) return printJson(terminal, answer);
      const rows = answer.items.map(({ name, setAt, origins }) => [
        plain(name),
        setAt === null ? 'NOT SET' : instant(setAt),
        plain(origins?.join(' ') ?? ''),
      ]);
      printTable(terminal, ['NAME', 'SET AT', 'FOR'], rows);
    });

  remote(secrets.command('remove'))
    .argument('<upstream>')
    .argument('<name>')
    .description('forget the value; requests that need it are refused')
    .action(async (upstream: string, name: string, flags: RemoteFlags) => {
      await connect(context, flags).json(pathOf(upstream, name), { method: 'DELETE' });
      if (flags.json) return printJson(terminal, { name, setAt: null });
      terminal.out(`${upstream}: ${name} is removed; requests that need it are refused.`);
    });
}

const TARGET_COLUMNS = ['TARGET', 'STATE', 'UNDER WAY', 'REQUESTS', 'FAILED'];

function targetRow(target: UpstreamHealth['targets'][number]): string[] {
  const { url, inFlight, requests, failed } = target;
  return [plain(url), plain(stateOf(target)), plain(inFlight), plain(requests), plain(failed)];
}

function stateOf({ available, healthy, ejection, problem }: UpstreamHealth['targets'][number]): string {
  if (!healthy) return `not well: ${problem}`;
  if (ejection !== 'closed') return ejection === 'open' ? 'ejected' : 'ejected, trying';
  return available ? 'available' : 'not available';
}

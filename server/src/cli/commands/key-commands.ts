import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { parseDuration } from '../duration.ts';
import { instant, paint, plain, printJson, printTable } from '../output.ts';
import { listAll } from '../resource-kinds.ts';

interface ApiKey {
  id: string;
  name: string;
  environment: string;
  scopes: string[];
  roles: string[];
  plan?: string | null;
  display: string;
  createdAt: number;
  expiresAt?: number | null;
  revokedAt?: number | null;
  revokeReason?: string | null;
}

interface CreateFlags extends RemoteFlags {
  name: string;
  scope?: string[];
  role?: string[];
  plan?: string;
  test?: boolean;
  expiresIn?: string;
}

export function addKeyCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const keys = program.command('keys').description('API keys: create, list, show, revoke');

  remote(keys.command('create'))
    .requiredOption('--name <name>', 'what it is for')
    .option('--scope <scope...>', 'what it may do')
    .option('--role <role...>', 'roles it carries')
    .option('--plan <plan>', 'whose limits apply')
    .option('--test', 'a test key (`gh_test_…`) instead of a live one')
    .option('--expires-in <duration>', 'for example 90d, 12h, 30m')
    .description('issue a key; it is shown this once')
    .action(async (flags: CreateFlags) => {
      const created = await connect(context, flags).json<ApiKey & { key: string }>('/keys', {
        method: 'POST',
        body: {
          name: flags.name,
          environment: flags.test ? 'test' : 'live',
          scopes: flags.scope ?? [],
          ...(flags.role === undefined ? {} : { roles: flags.role }),
          ...(flags.plan === undefined ? {} : { plan: flags.plan }),
          ...(flags.expiresIn === undefined ? {} : { expiresInSeconds: parseDuration(flags.expiresIn) }),
        },
      });
      if (flags.json) return printJson(terminal, created);
      terminal.out(created.key);
      terminal.note(`${created.id}: keep it now, it is not shown again.`);
    });

  remote(keys.command('list'))
    .description('the keys there are, without the secret')
    .action(async (flags: RemoteFlags) => {
      const items = await listAll<ApiKey>(connect(context, flags), '/keys');
      if (flags.json) return printJson(terminal, { items });
      if (items.length === 0)
        return terminal.note('There are no API keys yet. Make one: gatehouse keys create --name demo --scope …');
      printTable(
        terminal,
        ['ID', 'NAME', 'KEY', 'SCOPES', 'CREATED', 'EXPIRES', 'STATE'],
        items.map((key) => [
          key.id,
          plain(key.name),
          plain(key.display),
          plain(key.scopes),
          instant(key.createdAt),
          instant(key.expiresAt),
          stateOf(context, key),
        ]),
      );
    });

  remote(keys.command('show'))
    .argument('<id>')
    .description('one key, without the secret')
    .action(async (id: string, flags: RemoteFlags) => {
      printJson(terminal, await connect(context, flags).json(`/keys/${encodeURIComponent(id)}`));
    });

  remote(keys.command('revoke'))
    .argument('<id>')
    .option('--reason <text>', 'kept with the key and in the audit log')
    .description('end a key at once, on every gateway')
    .action(async (id: string, flags: RemoteFlags & { reason?: string }) => {
      const body = flags.reason === undefined ? {} : { reason: flags.reason };
      const revoked = await connect(context, flags).json<ApiKey>(`/keys/${encodeURIComponent(id)}/revoke`, {
        method: 'POST',
        body,
      });
      if (flags.json) return printJson(terminal, revoked);
      terminal.out(`Revoked ${revoked.id} (${plain(revoked.name)}).`);
    });
}

function stateOf({ terminal, clock }: CommandContext, key: ApiKey): string {
  if (typeof key.revokedAt === 'number') return paint(terminal, 'red', 'revoked');
  if (typeof key.expiresAt === 'number' && key.expiresAt <= clock.now()) return paint(terminal, 'yellow', 'expired');
  return paint(terminal, 'green', 'active');
}

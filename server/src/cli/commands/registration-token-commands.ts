import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { parseDuration } from '../duration.ts';
import { instant, plain, printJson, printTable } from '../output.ts';

interface RegistrationToken {
  id: string;
  policy: string;
  description: string | null;
  usesLeft: number;
  createdAt: number;
  expiresAt: number;
}

interface CreateFlags extends RemoteFlags {
  policy: string;
  uses?: string;
  expiresIn?: string;
  description?: string;
}

const PATH = '/initial-access-tokens';

/** Below `clients`: tokens with which clients register themselves (RFC 7591 §3). */
export function addRegistrationTokenCommands(clients: Command, context: CommandContext): void {
  const { terminal } = context;
  const tokens = clients
    .command('registration-tokens')
    .description('initial access tokens, with which clients register themselves');

  remote(tokens.command('create'))
    .requiredOption('--policy <name>', 'the client_registration_policy its clients follow')
    .option('--uses <number>', 'how many clients may be registered with it; one when left out')
    .option('--expires-in <duration>', 'for example 1h, 30d; seven days when left out')
    .option('--description <text>', 'whom it is for')
    .description('issue an initial access token; it is shown this once')
    .action(async ({ policy, uses, expiresIn, description, ...flags }: CreateFlags) => {
      const body = {
        policy,
        ...(uses === undefined ? {} : { uses: Number(uses) }),
        ...(expiresIn === undefined ? {} : { expiresInSeconds: parseDuration(expiresIn) }),
        ...(description === undefined ? {} : { description }),
      };
      const issued = await connect(context, flags).json<RegistrationToken & { token: string }>(PATH, {
        method: 'POST',
        body,
      });
      if (flags.json) return printJson(terminal, issued);
      terminal.out(issued.token);
      terminal.note(`${issued.id}: keep it now, it is not shown again.`);
    });

  remote(tokens.command('list'))
    .description('the tokens that can still be used, without the token')
    .action(async (flags: RemoteFlags) => {
      const { items } = await connect(context, flags).json<{ items: RegistrationToken[] }>(PATH);
      if (flags.json) return printJson(terminal, { items });
      const rows = items.map((each) => [
        each.id,
        plain(each.policy),
        String(each.usesLeft),
        instant(each.createdAt),
        instant(each.expiresAt),
        plain(each.description),
      ]);
      printTable(terminal, ['ID', 'POLICY', 'USES LEFT', 'CREATED', 'EXPIRES', 'DESCRIPTION'], rows);
    });

  remote(tokens.command('revoke'))
    .argument('<id>')
    .description('end a token at once; clients that were registered with it stay')
    .action(async (id: string, flags: RemoteFlags) => {
      await connect(context, flags).raw(`${PATH}/${encodeURIComponent(id)}`, { method: 'DELETE' });
      if (flags.json) return printJson(terminal, { revoked: id });
      terminal.out(`Revoked ${id}.`);
    });
}

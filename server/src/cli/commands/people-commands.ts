import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { instant, plain, printJson, printTable } from '../output.ts';
import { listAll } from '../resource-kinds.ts';
import { findUserId } from './find-user.ts';

interface User {
  id: string;
  email: string;
  name: string;
  status: string;
  roles: string[];
  organizationIds: string[];
  createdAt: number;
}

interface FactFlags extends RemoteFlags {
  name?: string;
  email?: string;
  role?: string[];
  attribute?: string[];
  verified?: boolean;
}

const ANY_STATE = { 'if-match': '*' };

interface RecoveryLink {
  link: string | null;
  expiresAt: number;
}

/** Everybody there is. Commands that take a person take an id or an e-mail address. */
export function addPeopleCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const users = program.commands.find((command) => command.name() === 'users') ?? program.command('users');
  users.description(
    'people: create, list, show, update, disable, enable, factors, remove-factor, recovery-link, delete, import, export',
  );

  facts(remote(users.command('create')))
    .requiredOption('--name <name>', 'what they are called')
    .requiredOption('--email <address>', 'how they are reached, and what they sign in with')
    .option('--organization <name>', 'the organization that is to manage the account')
    .description('add a person')
    .action(async (flags: FactFlags & { organization?: string }) => {
      const { organization } = flags;
      const body = { ...readFacts(flags), ...(organization === undefined ? {} : { organization }) };
      const user = await connect(context, flags).json<User>('/users', { method: 'POST', body });
      if (flags.json) return printJson(terminal, user);
      terminal.out(user.id);
    });

  remote(users.command('list'))
    .option(
      '--search <text>',
      'each word of it begins a word of the name or of the address; ada@exa begins the address',
    )
    .option('--status <status>', 'active or disabled')
    .option('--organization <name>', 'those who belong to it')
    .description('the people there are')
    .action(async (flags: RemoteFlags & Record<'search' | 'status' | 'organization', string | undefined>) => {
      const { search, status, organization } = flags;
      const items = await listAll<User>(connect(context, flags), '/users', { search, status, organization });
      if (flags.json) return printJson(terminal, { items });
      printTable(
        terminal,
        ['ID', 'NAME', 'EMAIL', 'ROLES', 'CREATED', 'STATE'],
        items.map((user) => [
          user.id,
          plain(user.name),
          plain(user.email),
          plain(user.roles),
          instant(user.createdAt),
          plain(user.status),
        ]),
      );
    });

  remote(users.command('show'))
    .argument('<person>')
    .description('one person, and where they belong')
    .action(async (person: string, flags: RemoteFlags) => {
      const client = connect(context, flags);
      const path = `/users/${encodeURIComponent(await findUserId(client, person))}`;
      const [user, memberships] = await Promise.all([
        client.json<User>(path),
        client.json<{ items: unknown[] }>(`${path}/memberships`),
      ]);
      printJson(terminal, { ...user, memberships: memberships.items });
    });

  facts(remote(users.command('update')))
    .argument('<person>')
    .option('--name <name>', 'what they are called')
    .option('--email <address>', 'a new address')
    .description('change a person; what is left out stays')
    .action(async (person: string, flags: FactFlags) => {
      const client = connect(context, flags);
      const path = `/users/${encodeURIComponent(await findUserId(client, person))}`;
      const user = await client.json<User>(path, { method: 'PATCH', headers: ANY_STATE, body: readFacts(flags) });
      if (flags.json) return printJson(terminal, user);
      terminal.out(`Changed ${user.id} (${plain(user.email)}).`);
    });

  remote(users.command('recovery-link'))
    .argument('<person>')
    .option('--show', 'show the link here instead of mailing it: hand it to nobody but the person')
    .description('a way back in for somebody who lost every factor; works once, within an hour')
    .action(async (person: string, flags: RemoteFlags & { show?: boolean }) => {
      const client = connect(context, flags);
      const path = `/users/${encodeURIComponent(await findUserId(client, person))}/recovery-link`;
      const body = { delivery: flags.show === true ? 'shown' : 'mail' };
      const made = await client.json<RecoveryLink>(path, { method: 'POST', body });
      if (flags.json) return printJson(terminal, made);
      terminal.out(made.link ?? `Mailed to ${plain(person)}. The link works once, until ${instant(made.expiresAt)}.`);
    });

  for (const [verb, description, done] of VERBS) {
    remote(users.command(verb))
      .argument('<person>')
      .description(description)
      .action(async (person: string, flags: RemoteFlags) => {
        const client = connect(context, flags);
        const path = `/users/${encodeURIComponent(await findUserId(client, person))}`;
        const user =
          verb === 'delete'
            ? await client.json<undefined>(path, { method: 'DELETE' })
            : await client.json<User>(`${path}/${verb}`, { method: 'POST' });
        if (flags.json) return printJson(terminal, user ?? {});
        terminal.out(`${done} ${plain(person)}.`);
      });
  }
}

const VERBS = [
  ['disable', 'keep a person out, at once: sessions, tokens and keys', 'Disabled'],
  ['enable', 'let a person in again, who has to sign in anew', 'Enabled'],
  ['delete', 'erase a person with everything that hangs on the account', 'Deleted'],
] as const;

function facts(command: Command): Command {
  return command
    .option('--role <role...>', 'roles in the whole tenant; in the organization, for an account it manages')
    .option('--attribute <name=value...>', 'as the user_schema has them; a value that reads as JSON is that')
    .option('--verified', 'messages to the address are known to reach the person');
}

function readFacts({ name, email, role, attribute, verified }: FactFlags): Record<string, unknown> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(role === undefined ? {} : { roles: role }),
    ...(verified === undefined ? {} : { emailVerified: true }),
    ...(attribute === undefined ? {} : { attributes: Object.fromEntries(attribute.map(readAttribute)) }),
  };
}

function readAttribute(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw cliErrors.usage({ message: `Write attributes as name=value, not “${plain(text)}”.` });
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value)];
  } catch {
    return [text.slice(0, at), value];
  }
}

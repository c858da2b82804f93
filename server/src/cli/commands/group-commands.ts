import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { plain, printJson, printTable } from '../output.ts';
import { listAll } from '../resource-kinds.ts';
import { findUserId } from './find-user.ts';

interface Holder {
  id: string;
  name: string;
  roles: string[];
  organizationId: string | null;
  status?: string;
}

interface NewFlags extends RemoteFlags {
  name: string;
  description?: string;
  role?: string[];
  organization?: string;
}

interface Group {
  noun: string;
  path: string;
  command: string;
  about: string;
}

const GROUPS: Group = { noun: 'group', path: '/groups', command: 'groups', about: 'a group, with its members’ roles' };
const ACCOUNTS: Group = {
  noun: 'service account',
  path: '/service-accounts',
  command: 'service-accounts',
  about: 'an account for a program, whose keys act in its name',
};

/** What has roles besides people: groups, and the accounts of programs. */
export function addGroupCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const groups = holderCommands(program, context, GROUPS).description('groups: create, list, delete, add, remove');
  for (const [verb, method, done] of MEMBER_VERBS) {
    remote(groups.command(verb))
      .argument('<group>')
      .argument('<member>', 'a person, or the id of a service account or of another group')
      .description(verb === 'add' ? 'put a member into a group' : 'take a direct member out of a group')
      .action(async (group: string, member: string, flags: RemoteFlags) => {
        const client = connect(context, flags);
        const id = await findUserId(client, member);
        await client.raw(`/groups/${encodeURIComponent(group)}/members/${encodeURIComponent(id)}`, { method });
        if (!flags.json) terminal.out(`${plain(member)} ${done} ${plain(group)}.`);
      });
  }
  const accounts = holderCommands(program, context, ACCOUNTS).description(
    'accounts of programs: create, list, delete, disable, enable',
  );
  for (const verb of ['disable', 'enable'] as const) {
    remote(accounts.command(verb))
      .argument('<id>')
      .description(`${verb === 'disable' ? 'refuse' : 'accept'} the keys of a service account`)
      .action(async (id: string, flags: RemoteFlags) => {
        const path = `/service-accounts/${encodeURIComponent(id)}/${verb}`;
        const account = await connect(context, flags).json<Holder>(path, { method: 'POST' });
        if (flags.json) return printJson(terminal, account);
        terminal.out(`${account.id} is ${plain(account.status)}.`);
      });
  }
}

const MEMBER_VERBS = [
  ['add', 'PUT', 'is in'],
  ['remove', 'DELETE', 'is no longer in'],
] as const;

function holderCommands(program: Command, context: CommandContext, { noun, path, command, about }: Group): Command {
  const { terminal } = context;
  const holders = program.command(command);

  remote(holders.command('create'))
    .requiredOption('--name <name>', 'what it is called')
    .option('--description <text>', 'what it is for')
    .option('--role <role...>', 'roles it gives, or has')
    .option('--organization <name>', 'where it belongs; without it to the tenant')
    .description(`make ${about}`)
    .action(async ({ name, description, role, organization, ...flags }: NewFlags) => {
      const body = {
        name,
        roles: role ?? [],
        ...(description === undefined ? {} : { description }),
        ...(organization === undefined ? {} : { organization }),
      };
      const made = await connect(context, flags).json<Holder>(path, { method: 'POST', body });
      if (flags.json) return printJson(terminal, made);
      terminal.out(made.id);
    });

  remote(holders.command('list'))
    .option('--organization <name>', 'only those of this organization')
    .description(`every ${noun} there is`)
    .action(async (flags: RemoteFlags & { organization?: string }) => {
      const items = await listAll<Holder>(connect(context, flags), path, { organization: flags.organization });
      if (flags.json) return printJson(terminal, { items });
      const rows = items.map((one) => [one.id, plain(one.name), plain(one.roles), plain(one.organizationId)]);
      printTable(terminal, ['ID', 'NAME', 'ROLES', 'ORGANIZATION'], rows);
    });

  remote(holders.command('delete'))
    .argument('<id>')
    .description(`delete a ${noun}`)
    .action(async (id: string, flags: RemoteFlags) => {
      await connect(context, flags).raw(`${path}/${encodeURIComponent(id)}`, { method: 'DELETE' });
      if (!flags.json) terminal.out(`Deleted ${plain(id)}.`);
    });
  return holders;
}

import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { instant, plain, printJson, printTable } from '../output.ts';
import { listAll } from '../resource-kinds.ts';
import { findUserId } from './find-user.ts';

interface Membership {
  userId: string;
  roles: string[];
  createdAt: number;
}

interface Invitation {
  id: string;
  email: string;
  roles: string[];
  status: string;
  expiresAt: number;
  link?: string | null;
}

const ANY_STATE = { 'if-match': '*' };

/** Who belongs to an organization, and who is asked to. */
export function addOrganizationCommands(program: Command, context: CommandContext): void {
  memberCommands(program, context);
  invitationCommands(program, context);
}

function memberCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const members = program.command('members').description('who belongs to an organization: list, add, remove');
  const pathOf = (organization: string, userId?: string) =>
    `/organizations/${encodeURIComponent(organization)}/members${userId === undefined ? '' : `/${encodeURIComponent(userId)}`}`;

  remote(members.command('list'))
    .argument('<organization>')
    .description('the people of an organization, with their roles there')
    .action(async (organization: string, flags: RemoteFlags) => {
      const items = await listAll<Membership>(connect(context, flags), pathOf(organization));
      if (flags.json) return printJson(terminal, { items });
      const rows = items.map((one) => [one.userId, plain(one.roles), instant(one.createdAt)]);
      printTable(terminal, ['PERSON', 'ROLES', 'SINCE'], rows);
    });

  remote(members.command('add'))
    .argument('<organization>')
    .argument('<person>')
    .option('--role <role...>', 'roles inside the organization; they replace those the person has there')
    .description('make a person belong to an organization, or change their roles there')
    .action(async (organization: string, person: string, flags: RemoteFlags & { role?: string[] }) => {
      const client = connect(context, flags);
      const userId = await findUserId(client, person);
      const body = { roles: flags.role ?? [] };
      const known = await listAll<Membership>(client, pathOf(organization));
      // Without one there, If-Match would ask for what does not exist.
      const headers = known.some((one) => one.userId === userId) ? ANY_STATE : {};
      const membership = await client.json<Membership>(pathOf(organization, userId), { method: 'PUT', body, headers });
      if (flags.json) return printJson(terminal, membership);
      terminal.out(`${plain(person)} belongs to ${plain(organization)} as ${plain(membership.roles)}.`);
    });

  remote(members.command('remove'))
    .argument('<organization>')
    .argument('<person>')
    .description('end a membership')
    .action(async (organization: string, person: string, flags: RemoteFlags) => {
      const client = connect(context, flags);
      await client.raw(pathOf(organization, await findUserId(client, person)), { method: 'DELETE' });
      if (!flags.json) terminal.out(`${plain(person)} no longer belongs to ${plain(organization)}.`);
    });
}

function invitationCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const invitations = program.command('invitations').description('who is asked to join: create, list, resend, revoke');
  const show = (flags: RemoteFlags, invitation: Invitation) => {
    if (flags.json) return printJson(terminal, invitation);
    terminal.out(typeof invitation.link === 'string' ? invitation.link : invitation.id);
    terminal.note(`${invitation.id}: open until ${instant(invitation.expiresAt)}.`);
  };

  remote(invitations.command('create'))
    .argument('<email>')
    .option('--organization <name>', 'what they are to join; without it the tenant itself')
    .option('--role <role...>', 'the roles they are to have there')
    .option('--days <days>', 'how long it can be accepted')
    .description('invite somebody by mail; prints the link where no mail can be sent')
    .action(async (email: string, flags: RemoteFlags & { organization?: string; role?: string[]; days?: string }) => {
      const body = {
        email,
        roles: flags.role ?? [],
        ...(flags.organization === undefined ? {} : { organization: flags.organization }),
        ...(flags.days === undefined ? {} : { expiresInDays: Number(flags.days) }),
      };
      show(flags, await connect(context, flags).json<Invitation>('/invitations', { method: 'POST', body }));
    });

  remote(invitations.command('list'))
    .option('--organization <name>', 'only those to this organization')
    .description('invitations, newest first')
    .action(async (flags: RemoteFlags & { organization?: string }) => {
      const query = { organization: flags.organization };
      const items = await listAll<Invitation>(connect(context, flags), '/invitations', query);
      if (flags.json) return printJson(terminal, { items });
      const rows = items.map((one) => [
        one.id,
        plain(one.email),
        plain(one.roles),
        instant(one.expiresAt),
        plain(one.status),
      ]);
      printTable(terminal, ['ID', 'EMAIL', 'ROLES', 'UNTIL', 'STATE'], rows);
    });

  remote(invitations.command('resend'))
    .argument('<id>')
    .description('send an invitation again, with a new link')
    .action(async (id: string, flags: RemoteFlags) => {
      const path = `/invitations/${encodeURIComponent(id)}/resend`;
      show(flags, await connect(context, flags).json<Invitation>(path, { method: 'POST' }));
    });

  remote(invitations.command('revoke'))
    .argument('<id>')
    .description('take an invitation back')
    .action(async (id: string, flags: RemoteFlags) => {
      const path = `/invitations/${encodeURIComponent(id)}/revoke`;
      const revoked = await connect(context, flags).json<Invitation>(path, { method: 'POST' });
      if (flags.json) return printJson(terminal, revoked);
      terminal.out(`Revoked ${revoked.id} (${plain(revoked.email)}).`);
    });
}

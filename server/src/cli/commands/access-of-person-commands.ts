import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { instant, plain, printJson, printTable } from '../output.ts';
import { listAll } from '../resource-kinds.ts';
import { findUserId } from './find-user.ts';

interface Factors {
  password: boolean;
  totpSince: number | null;
  passkeys: { id: string; name: string; authenticator: string; createdAt: number; lastUsedAt: number | null }[];
  recoveryCodes: number;
}

interface Session {
  id: string;
  acr: string;
  amr: string[];
  lastSeenAt: number;
  userAgent: string;
  address: string;
  user?: { id: string; email: string };
}

/** How a person gets in, and where they are in. Acting for somebody begins in a browser and has no command. */
export function addAccessOfPersonCommands(program: Command, context: CommandContext): void {
  factorCommands(program, context);
  sessionCommands(program, context);
}

function factorCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const users = program.commands.find((command) => command.name() === 'users') ?? program.command('users');

  remote(users.command('factors'))
    .argument('<person>')
    .description('what a person can prove themselves with')
    .action(async (person: string, flags: RemoteFlags) => {
      const client = connect(context, flags);
      const found = await client.json<Factors>(`${await pathOf(client, person)}/factors`);
      if (flags.json) return printJson(terminal, found);
      const rows = rowsOf(found);
      if (rows.length === 0) return terminal.note(`${plain(person)} has nothing to sign in with yet.`);
      printTable(terminal, ['FACTOR', 'NAME', 'SINCE', 'LAST USED'], rows);
    });

  remote(users.command('remove-factor'))
    .argument('<person>')
    .argument('<factor>', 'totp, or the id of a passkey, as `users factors` shows it')
    .description('take an authenticator app or a passkey away, such as one that was stolen; the person is told by mail')
    .action(async (person: string, factor: string, flags: RemoteFlags) => {
      const client = connect(context, flags);
      const which = factor === 'totp' ? 'totp' : `passkeys/${encodeURIComponent(factor)}`;
      await client.raw(`${await pathOf(client, person)}/factors/${which}`, { method: 'DELETE' });
      if (!flags.json) terminal.out(`Removed ${plain(factor)} of ${plain(person)}.`);
    });
}

function sessionCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const sessions = program.command('sessions').description('where people are signed in: list, end');

  remote(sessions.command('list'))
    .argument('[person]', 'without: everybody’s, the newest first')
    .option('--search <text>', 'of people who have words that begin so')
    .description('the sessions that would be let in now')
    .action(async (person: string | undefined, flags: RemoteFlags & { search?: string }) => {
      const client = connect(context, flags);
      const items =
        person === undefined
          ? await listAll<Session>(client, '/sessions', { search: flags.search })
          : (await client.json<{ items: Session[] }>(`${await pathOf(client, person)}/sessions`)).items;
      if (flags.json) return printJson(terminal, { items });
      const rows = items.map(({ id, user, lastSeenAt, address, acr, amr, userAgent }) => [
        id,
        plain(user?.email ?? person),
        instant(lastSeenAt),
        plain(address),
        plain(`${acr} (${amr.join(' ')})`),
        plain(userAgent.slice(0, USER_AGENT_SHOWN)),
      ]);
      printTable(terminal, ['ID', 'PERSON', 'LAST SEEN', 'ADDRESS', 'STRENGTH', 'BROWSER'], rows);
    });

  remote(sessions.command('end'))
    .argument('[person]')
    .argument('[session]', 'its id')
    .option('--all', 'every session of the person')
    .option('--everybody', 'every session of everybody')
    .description('end sessions at once, on every gateway, with the tokens that applications got in them')
    .action(async (person: string | undefined, session: string | undefined, flags: EndFlags) => {
      const chosen = [session !== undefined, flags.all === true, flags.everybody === true];
      if (chosen.filter(Boolean).length !== 1 || (person === undefined) !== (flags.everybody === true)) {
        const message = 'Name one session of a person, or say --all for a person, or --everybody alone.';
        throw cliErrors.usage({ message: `${message} See: gatehouse sessions list` });
      }
      const client = connect(context, flags);
      const body = person === undefined ? { everybody: true } : undefined;
      const path = person === undefined ? '/sessions/end' : await endPath(client, person, session);
      const done = await client.json<{ ended: number }>(path, {
        method: 'POST',
        ...(body === undefined ? {} : { body }),
      });
      if (flags.json) return printJson(terminal, done);
      const whose = person === undefined ? 'everybody' : plain(person);
      terminal.out(`Ended ${done.ended} ${done.ended === 1 ? 'session' : 'sessions'} of ${whose}.`);
    });
}

interface EndFlags extends RemoteFlags {
  all?: boolean;
  everybody?: boolean;
}

async function endPath(client: Parameters<typeof findUserId>[0], person: string, session: string | undefined) {
  const which = session === undefined ? '' : `/${encodeURIComponent(session)}`;
  return `${await pathOf(client, person)}/sessions${which}/end`;
}

/** A table with a browser's whole name is read by nobody. */
const USER_AGENT_SHOWN = 40;

async function pathOf(client: Parameters<typeof findUserId>[0], person: string): Promise<string> {
  return `/users/${encodeURIComponent(await findUserId(client, person))}`;
}

function rowsOf({ password, totpSince, passkeys, recoveryCodes }: Factors): string[][] {
  return [
    ...(password ? [['password', '', '', '']] : []),
    ...(totpSince === null ? [] : [['totp', 'authenticator app', instant(totpSince), '']]),
    ...passkeys.map(({ id, name, authenticator, createdAt, lastUsedAt }) => [
      plain(id),
      plain(name || authenticator),
      instant(createdAt),
      lastUsedAt === null ? 'never' : instant(lastUsedAt),
    ]),
    ...(recoveryCodes === 0 ? [] : [['recovery codes', `${recoveryCodes} left`, '', '']]),
  ];
}

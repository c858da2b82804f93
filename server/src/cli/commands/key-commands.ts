import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { parseDuration } from '../duration.ts';
import { keyPath, shownOf } from '../key-text.ts';
import { instant, paint, plain, printJson, printTable } from '../output.ts';
import { listAll } from '../resource-kinds.ts';
import { addKeyImportCommand } from './key-import-command.ts';
import { addKeyScanCommand } from './key-scan-command.ts';
import { addKeyUsageCommands } from './key-usage-commands.ts';

interface KeyWarning {
  code: string;
  path: string;
  message: string;
}

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
  quarantinedAt?: number | null;
  replacedBy?: string | null;
  lastUse?: { at: number; address: string; route: string } | null;
}

interface CreateFlags extends RemoteFlags {
  name: string;
  scope?: string[];
  role?: string[];
  organization?: string;
  serviceAccount?: string;
  user?: string;
  /** false: none. */
  plan?: string | false;
  test?: boolean;
  expiresIn?: string;
  description?: string;
  tag?: string[];
  contact?: string;
  address?: string[];
  api?: string[];
  route?: string[];
}

interface ListFlags {
  tag?: string;
  plan?: string;
  owner?: string;
  search?: string;
  state?: string;
  unusedDays?: string;
}

type ChangeFlags = RemoteFlags & Pick<CreateFlags, 'name' | 'description' | 'tag' | 'contact' | 'plan'> & PlaceFlags;
type PlaceFlags = Pick<CreateFlags, 'address' | 'api' | 'route'> & { anywhere?: boolean };

export function addKeyCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const keys = program.command('keys').description('API keys: create, list, show, update, rotate, set aside, revoke');

  remote(keys.command('create'))
    .requiredOption('--name <name>', 'what it is for')
    .option('--scope <scope...>', 'what it may do')
    .option('--role <role...>', 'roles it carries')
    .option('--plan <plan>', 'whose limits apply')
    .option('--no-plan', 'no limits but those of routes, whatever the default plan')
    .option('--organization <name>', 'the organization it is confined to')
    .option('--service-account <id>', 'for whom it acts; it can do no more than the account')
    .option('--user <id>', 'the person for whom it acts; it can do no more than the person')
    .option('--test', 'a test key (`gh_test_…`) instead of a live one')
    .option('--expires-in <duration>', 'for example 90d, 12h, 30m')
    .option('--description <text>', 'more about what it is for')
    .option('--tag <tag...>', 'to find it by')
    .option('--contact <email>', 'whom to write to about it')
    .option('--address <range...>', 'addresses it may be used from, for example 192.0.2.0/24')
    .option('--api <api...>', 'APIs it may be used at')
    .option('--route <route...>', 'routes it may be used at')
    .description('issue a key; it is shown this once')
    .action(async (flags: CreateFlags) => {
      const created = await connect(context, flags).json<ApiKey & { key: string; warnings?: KeyWarning[] }>('/keys', {
        method: 'POST',
        body: {
          name: flags.name,
          environment: flags.test ? 'test' : 'live',
          scopes: flags.scope ?? [],
          ...(flags.role === undefined ? {} : { roles: flags.role }),
          ...(flags.plan === undefined ? {} : { plan: flags.plan || null }),
          ...(flags.organization === undefined ? {} : { organization: flags.organization }),
          ...(flags.serviceAccount === undefined
            ? {}
            : { owner: { type: 'service_account', id: flags.serviceAccount } }),
          ...(flags.user === undefined ? {} : { owner: { type: 'user', id: flags.user } }),
          ...(flags.expiresIn === undefined ? {} : { expiresInSeconds: parseDuration(flags.expiresIn) }),
          ...about(flags),
          restrictions: places(flags),
        },
      });
      if (flags.json) return printJson(terminal, created);
      terminal.out(created.key);
      for (const { path, message, code } of created.warnings ?? [])
        terminal.note(`${paint(terminal, 'yellow', 'warning:')} ${plain(`${path}: ${message}`)} (${plain(code)})`);
      terminal.note(`${created.id}: keep it now, it is not shown again.`);
    });

  remote(keys.command('list'))
    .option('--tag <tag>', 'only those with this tag')
    .option('--plan <plan>', 'only those on this plan')
    .option('--owner <id>', 'only those that act for this person or service account')
    .option('--search <words>', 'only those whose name, tags, contact, plan, scopes, roles or shown ends say so')
    .option('--state <state>', 'only those that are active, rotated, expired, quarantined or revoked')
    .option('--unused-days <days>', 'only those that live and that nobody used for so many days')
    .description('the keys there are, without the secret')
    .action(async (flags: RemoteFlags & ListFlags) => {
      const wanted = {
        tag: flags.tag,
        plan: flags.plan,
        ownerId: flags.owner,
        search: flags.search === undefined ? undefined : shownOf(flags.search),
        state: flags.state,
        unusedForDays: flags.unusedDays,
      };
      const items = await listAll<ApiKey>(connect(context, flags), '/keys', wanted);
      if (flags.json) return printJson(terminal, { items });
      const isFiltered = Object.values(wanted).some((each) => each !== undefined);
      if (items.length === 0)
        return terminal.note(
          isFiltered
            ? 'No key is like that.'
            : 'There are no API keys yet. Make one: gatehouse keys create --name demo --scope …',
        );
      printTable(
        terminal,
        ['ID', 'NAME', 'KEY', 'SCOPES', 'ROLES', 'CREATED', 'EXPIRES', 'USED', 'STATE'],
        items.map((key) => [
          key.id,
          plain(key.name),
          plain(key.display),
          few(key.scopes),
          few(key.roles),
          instant(key.createdAt),
          instant(key.expiresAt),
          instant(key.lastUse?.at),
          stateOf(context, key),
        ]),
      );
    });

  remote(keys.command('show'))
    .argument('<id>')
    .description('one key, without the secret')
    .action(async (id: string, flags: RemoteFlags) => {
      printJson(terminal, await connect(context, flags).json(keyPath(id)));
    });

  remote(keys.command('update'))
    .argument('<id>')
    .option('--name <name>', 'what it is for')
    .option('--description <text>', 'more about what it is for')
    .option('--tag <tag...>', 'to find it by; replaces those it has')
    .option('--contact <email>', 'whom to write to about it')
    .option('--plan <plan>', 'whose limits apply')
    .option('--no-plan', 'takes it off its plan')
    .option('--address <range...>', 'addresses it may be used from; with --api and --route, replaces all restrictions')
    .option('--api <api...>', 'APIs it may be used at')
    .option('--route <route...>', 'routes it may be used at')
    .option('--anywhere', 'lifts all restrictions')
    .description('change what is known of a key, and where it may be used')
    .action(async (id: string, flags: ChangeFlags) => {
      const named = flags.anywhere || flags.address || flags.api || flags.route;
      const body = {
        ...(flags.name === undefined ? {} : { name: flags.name }),
        ...(flags.plan === undefined ? {} : { plan: flags.plan || null }),
        ...about(flags),
        ...(named ? { restrictions: places(flags) } : {}),
      };
      const path = keyPath(id);
      const changed = await connect(context, flags).json<ApiKey>(path, { method: 'PATCH', body });
      if (flags.json) return printJson(terminal, changed);
      terminal.out(`Changed ${changed.id} (${plain(changed.name)}).`);
    });

  remote(keys.command('rotate'))
    .argument('<id>')
    .option('--overlap <duration>', 'for so long both keys work', '24h')
    .option('--expires-in <duration>', 'when the new key ends; left out, it lives as long as the old one was given')
    .description('issue a successor that may do the same, and give the old key an end')
    .action(async (id: string, flags: RemoteFlags & { overlap: string; expiresIn?: string }) => {
      const rotated = await connect(context, flags).json<Rotated>(`${keyPath(id)}/rotate`, {
        method: 'POST',
        body: {
          overlapSeconds: flags.overlap === '0' ? 0 : parseDuration(flags.overlap),
          ...(flags.expiresIn === undefined ? {} : { expiresInSeconds: parseDuration(flags.expiresIn) }),
        },
      });
      if (flags.json) return printJson(terminal, rotated);
      terminal.out(rotated.key);
      terminal.note(`${rotated.id}: keep it now, it is not shown again.`);
      terminal.note(`${rotated.previous.id}, the old one, works until ${instant(rotated.previous.expiresAt)}.`);
    });

  for (const [name, done, description] of JUDGEMENTS) {
    remote(keys.command(name))
      .argument('<id>')
      .requiredOption('--reason <text>', 'kept in the audit log')
      .description(description)
      .action(async (id: string, flags: RemoteFlags & { reason: string }) => {
        const path = `${keyPath(id)}/${name}`;
        const judged = await connect(context, flags).json<ApiKey>(path, {
          method: 'POST',
          body: { reason: flags.reason },
        });
        if (flags.json) return printJson(terminal, judged);
        terminal.out(`${done} ${judged.id} (${plain(judged.name)}).`);
      });
  }

  addKeyUsageCommands(keys, context);
  addKeyImportCommand(keys, context);
  addKeyScanCommand(keys, context);

  remote(keys.command('revoke'))
    .argument('<id>')
    .option('--reason <text>', 'kept with the key and in the audit log')
    .description('end a key at once, on every gateway')
    .action(async (id: string, flags: RemoteFlags & { reason?: string }) => {
      const body = flags.reason === undefined ? {} : { reason: flags.reason };
      const revoked = await connect(context, flags).json<ApiKey>(`${keyPath(id)}/revoke`, {
        method: 'POST',
        body,
      });
      if (flags.json) return printJson(terminal, revoked);
      terminal.out(`Revoked ${revoked.id} (${plain(revoked.name)}).`);
    });
}

const LISTED_MAX = 3;

/** The first of them, and how many more there are. */
function few(words: readonly string[]): string {
  const rest = words.length - LISTED_MAX;
  return `${plain(words.slice(0, LISTED_MAX))}${rest > 0 ? ` +${rest}` : ''}`;
}

type Rotated = ApiKey & { key: string; previous: ApiKey };

const JUDGEMENTS = [
  ['quarantine', 'Set aside', 'refuse a key everywhere until it is released'],
  ['release', 'Released', 'let a key that was set aside work again'],
] as const;

function about({ description, tag, contact }: Pick<CreateFlags, 'description' | 'tag' | 'contact'>) {
  return {
    ...(description === undefined ? {} : { description }),
    ...(tag === undefined ? {} : { tags: tag }),
    ...(contact === undefined ? {} : { contactEmail: contact }),
  };
}

function places({ address, api, route }: PlaceFlags) {
  return {
    ...(address === undefined ? {} : { addresses: address }),
    ...(api === undefined ? {} : { apis: api }),
    ...(route === undefined ? {} : { routes: route }),
  };
}

function stateOf({ terminal, clock }: CommandContext, key: ApiKey): string {
  if (typeof key.revokedAt === 'number') return paint(terminal, 'red', 'revoked');
  if (typeof key.expiresAt === 'number' && key.expiresAt <= clock.now()) return paint(terminal, 'yellow', 'expired');
  if (typeof key.quarantinedAt === 'number') return paint(terminal, 'red', 'set aside');
  if (typeof key.replacedBy === 'string') return paint(terminal, 'yellow', 'rotated');
  return paint(terminal, 'green', 'active');
}

import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { parseDuration } from '../duration.ts';
import { instant, plain, printJson, printTable } from '../output.ts';
import { listAll, type Resource } from '../resource-kinds.ts';
import { addDeliveryCommands } from './webhook-delivery-commands.ts';

interface IssuedSecret {
  id: string;
  secret: string;
}

interface State {
  status: string;
  disabledAt: number | null;
  disabledReason: string | null;
  failingSince: number | null;
  lastDeliveredAt: number | null;
  queued: number;
  dropped: number;
  secrets: { id: string; hint: string; createdAt: number; expiresAt: number | null }[];
}

type CreateFlags = RemoteFlags & {
  endpoint: string;
  event: string[];
  organization?: string;
  keyTag?: string[];
  contact?: string;
  details?: boolean;
};

export function addWebhookCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const webhooks = program.command('webhooks').description('addresses that are told of events as they happen');

  remote(webhooks.command('create'))
    .argument('<name>', 'that of an organization’s begins with `<organization>--`')
    .requiredOption('--endpoint <url>', 'where events are posted to')
    .requiredOption('--event <pattern...>', 'what is told of: api_key.revoked, api_key.*, or *')
    .option('--organization <name>', 'whose it is: it hears of what happens there alone')
    .option('--key-tag <tag...>', 'of events about API keys, those of keys with one of these tags')
    .option('--contact <address>', 'who is told by mail when it is disabled')
    .option('--details', 'send all that the audit log knows, personal data among it')
    .description('declare a webhook; its secret is shown this once')
    .action(async (name: string, flags: CreateFlags) => {
      const client = connect(context, flags);
      const spec = {
        url: flags.endpoint,
        events: flags.event,
        ...(flags.organization === undefined ? {} : { organization: flags.organization }),
        ...(flags.keyTag === undefined ? {} : { keyTags: flags.keyTag }),
        ...(flags.contact === undefined ? {} : { contactEmail: flags.contact }),
        ...(flags.details === undefined ? {} : { details: true }),
      };
      const headers = { 'if-none-match': '*' };
      const created = await client.json<Resource>(pathOf(name), { method: 'PUT', body: { spec }, headers });
      const { secret } = await client.json<IssuedSecret>(`${pathOf(name)}/secrets`, { method: 'POST', body: {} });
      if (flags.json) return printJson(terminal, { ...created, secret });
      terminal.out(secret);
      terminal.note('Give it to the receiver now, it is not shown again.');
    });

  remote(webhooks.command('list'))
    .description('the webhooks there are')
    .action(async (flags: RemoteFlags) => {
      const items = await listAll<Resource>(connect(context, flags), '/webhooks');
      if (flags.json) return printJson(terminal, { items });
      const rows = items.map(({ name, spec }) => [plain(name), plain(spec.url), plain(spec.events)]);
      printTable(terminal, ['NAME', 'URL', 'EVENTS'], rows);
    });

  remote(webhooks.command('show'))
    .argument('<name>')
    .description('how a webhook fares')
    .action(async (name: string, flags: RemoteFlags) => {
      const state = await connect(context, flags).json<State>(`${pathOf(name)}/state`);
      if (flags.json) return printJson(terminal, state);
      const facts = [
        ['status', state.disabledReason === null ? state.status : `${state.status}: ${state.disabledReason}`],
        ['delivered', instant(state.lastDeliveredAt)],
        ['failing since', instant(state.failingSince)],
        ['waiting', `${state.queued}`],
        ['dropped', `${state.dropped}`],
      ] as const;
      for (const [what, value] of facts) terminal.out(`${what.padEnd(14)} ${value}`);
      const rows = state.secrets.map(({ id, hint, createdAt, expiresAt }) => [
        id,
        plain(hint),
        instant(createdAt),
        instant(expiresAt),
      ]);
      printTable(terminal, ['SECRET', 'ENDS IN', 'CREATED', 'EXPIRES'], rows);
    });

  remote(webhooks.command('rotate'))
    .argument('<name>')
    .option(
      '--overlap <duration>',
      'how long messages are signed with the secrets before as well; 0s: not at all',
      '1d',
    )
    .description('issue the next secret; it is shown this once')
    .action(async (name: string, flags: RemoteFlags & { overlap: string }) => {
      const overlapSeconds = flags.overlap === '0s' ? 0 : parseDuration(flags.overlap);
      const path = `${pathOf(name)}/secrets`;
      const issued = await connect(context, flags).json<IssuedSecret>(path, {
        method: 'POST',
        body: { overlapSeconds },
      });
      if (flags.json) return printJson(terminal, issued);
      terminal.out(issued.secret);
      terminal.note(`${issued.id}: give it to the receiver now, it is not shown again.`);
    });

  for (const [verb, description, done] of [
    [
      'test',
      'have a test message sent',
      'A test message is on its way. See how it went with: gatehouse webhooks deliveries',
    ],
    ['enable', 'send to a webhook again that was disabled', 'Enabled'],
  ] as const) {
    remote(webhooks.command(verb))
      .argument('<name>')
      .description(description)
      .action(async (name: string, flags: RemoteFlags) => {
        await connect(context, flags).raw(`${pathOf(name)}/${verb}`, { method: 'POST' });
        if (flags.json) return printJson(terminal, { webhook: name });
        terminal.out(`${done} ${name}.`);
      });
  }

  remote(webhooks.command('delete'))
    .argument('<name>')
    .description('delete a webhook, with its secrets and deliveries')
    .action(async (name: string, flags: RemoteFlags) => {
      await connect(context, flags).raw(pathOf(name), { method: 'DELETE' });
      if (flags.json) return printJson(terminal, { deleted: name });
      terminal.out(`Deleted ${name}.`);
    });

  remote(webhooks.command('events'))
    .description('what webhooks can tell of')
    .action(async (flags: RemoteFlags) => {
      const { items } = await connect(context, flags).json<{ items: { type: string; permission: string }[] }>(
        '/webhook-events',
      );
      if (flags.json) return printJson(terminal, { items });
      const rows = items.map(({ type, permission }) => [plain(type), plain(permission)]);
      printTable(terminal, ['EVENT', 'WHO ASKS FOR IT NEEDS'], rows);
    });

  addDeliveryCommands(webhooks, context);
}

const pathOf = (name: string): string => `/webhooks/${encodeURIComponent(name)}`;

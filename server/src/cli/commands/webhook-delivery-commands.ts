import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { instant, plain, printJson, printTable } from '../output.ts';

interface Delivery {
  id: string;
  type: string;
  status: string;
  attempts: number;
  createdAt: number;
  nextAttemptAt: number | null;
  responseStatus: number | null;
  failure: string | null;
}

interface DeliveryInDetail extends Delivery {
  eventId: string;
  history: { number: number; at: number; durationMs: number; status: number | null; failure: string | null }[];
  body: string | null;
}

const pathOf = (name: string, id = ''): string =>
  `/webhooks/${encodeURIComponent(name)}/deliveries${id && `/${encodeURIComponent(id)}`}`;

/** `gatehouse webhooks deliveries|delivery|redeliver`. */
export function addDeliveryCommands(webhooks: Command, context: CommandContext): void {
  const { terminal } = context;

  remote(webhooks.command('deliveries'))
    .argument('<name>')
    .option('--status <status>', 'queued, delivered or given_up')
    .option('--limit <count>', 'how many', '20')
    .description('what was sent, and how it went, newest first')
    .action(async (name: string, flags: RemoteFlags & { status?: string; limit: string }) => {
      const query = new URLSearchParams({ limit: flags.limit, ...(flags.status && { status: flags.status }) });
      const path = `${pathOf(name)}?${query}`;
      const { items } = await connect(context, flags).json<{ items: Delivery[] }>(path);
      if (flags.json) return printJson(terminal, { items });
      const rows = items.map((delivery) => [
        delivery.id,
        instant(delivery.createdAt),
        plain(delivery.type),
        plain(delivery.status),
        plain(delivery.attempts),
        plain(delivery.failure ?? delivery.responseStatus ?? ''),
        instant(delivery.nextAttemptAt),
      ]);
      printTable(terminal, ['ID', 'TIME', 'EVENT', 'STATUS', 'ATTEMPTS', 'ANSWER', 'AGAIN'], rows);
    });

  remote(webhooks.command('delivery'))
    .argument('<name>')
    .argument('<id>')
    .description('one delivery: each attempt, and what was sent')
    .action(async (name: string, id: string, flags: RemoteFlags) => {
      const delivery = await connect(context, flags).json<DeliveryInDetail>(pathOf(name, id));
      if (flags.json) return printJson(terminal, delivery);
      const rows = delivery.history.map(({ number, at, durationMs, status, failure }) => [
        plain(number),
        instant(at),
        `${durationMs} ms`,
        plain(status ?? ''),
        plain(failure ?? ''),
      ]);
      printTable(terminal, ['ATTEMPT', 'TIME', 'TOOK', 'STATUS', 'FAILURE'], rows);
      terminal.out(plain(delivery.body ?? ''));
    });

  remote(webhooks.command('redeliver'))
    .argument('<name>')
    .argument('<id>')
    .description('send a message once more, under the id that it had')
    .action(async (name: string, id: string, flags: RemoteFlags) => {
      await connect(context, flags).raw(`${pathOf(name, id)}/redeliver`, { method: 'POST' });
      if (flags.json) return printJson(terminal, { delivery: id });
      terminal.out(`${id} goes out once more.`);
    });
}

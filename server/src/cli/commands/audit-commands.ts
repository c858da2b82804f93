import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { instant, paint, plain, printJson, printTable } from '../output.ts';

interface AuditEvent {
  sequence: number;
  at: number;
  type: string;
  actor: { type: string; id: string };
  target: { type: string; id: string; name?: string };
}

interface AccessRecord {
  decisionId: string;
  at: number;
  method: string;
  path: string;
  status: number;
  principalId: string;
  reason: string;
}

interface Verification {
  ok: boolean;
  events: number;
  problems: { sequence?: number; kind: string; message: string }[];
}

interface ListFlags extends RemoteFlags {
  limit: string;
}

export function addAuditCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const audit = program
    .command('audit')
    .description('what happened: events, access records, and proof that none was changed');

  remote(audit.command('verify'))
    .description('check the hash chain and its checkpoints; exit code 1 when an event was changed, removed or cut off')
    .action(async (flags: RemoteFlags) => {
      const result = await connect(context, flags).json<Verification>('/audit/verify', { method: 'POST', body: {} });
      if (!result.ok) process.exitCode = EXIT_CODES.failed;
      if (flags.json) return printJson(terminal, result);
      if (result.ok) return terminal.out(paint(terminal, 'green', `The chain is whole: ${result.events} events.`));
      for (const { sequence, message } of result.problems) {
        terminal.out(paint(terminal, 'red', sequence === undefined ? message : `event ${sequence}: ${message}`));
      }
    });

  remote(audit.command('events'))
    .option('--type <type>', 'only this type, for example api_key.revoked')
    .option('--actor <id>', 'only what this person, service account or key did')
    .option('--limit <n>', 'how many', '50')
    .description('the newest audit events')
    .action(async (flags: ListFlags & { type?: string; actor?: string }) => {
      const query = { limit: flags.limit, type: flags.type, actorId: flags.actor };
      const { items } = await connect(context, flags).json<{ items: AuditEvent[] }>('/audit/events', { query });
      if (flags.json) return printJson(terminal, { items });
      const rows = items.map((event) => [
        plain(event.sequence),
        instant(event.at),
        plain(event.type),
        plain(event.actor.id),
        plain(event.target.name ?? event.target.id),
      ]);
      printTable(terminal, ['SEQ', 'TIME', 'TYPE', 'ACTOR', 'TARGET'], rows);
    });

  remote(audit.command('access'))
    .option('--principal <id>', 'only this caller')
    .option('--credential <id>', 'only this credential: what did the leaked key touch?')
    .option('--route <name>', 'only this route')
    .option('--limit <n>', 'how many', '50')
    .description('the newest access records, one for each gateway request')
    .action(async (flags: ListFlags & { principal?: string; credential?: string; route?: string }) => {
      const query = {
        limit: flags.limit,
        principalId: flags.principal,
        credentialId: flags.credential,
        route: flags.route,
      };
      const { items } = await connect(context, flags).json<{ items: AccessRecord[] }>('/access-records', { query });
      if (flags.json) return printJson(terminal, { items });
      const rows = items.map((record) => [
        instant(record.at),
        plain(record.status),
        plain(record.method),
        plain(record.path),
        plain(record.principalId),
        plain(record.reason),
        record.decisionId,
      ]);
      printTable(terminal, ['TIME', 'STATUS', 'METHOD', 'PATH', 'CALLER', 'REASON', 'DECISION'], rows);
    });
}

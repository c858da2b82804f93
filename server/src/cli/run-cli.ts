import { Command, CommanderError } from 'commander';
import { GatehouseError } from '#base';
import { RefusedByServer } from './admin-client.ts';
import type { CommandContext } from './command-context.ts';
import { addAccessOfPersonCommands } from './commands/access-of-person-commands.ts';
import { addApiCommands } from './commands/api-commands.ts';
import { addAuditCommands } from './commands/audit-commands.ts';
import { addBackupCommand } from './commands/backup-command.ts';
import { addBreachCommand } from './commands/breach-command.ts';
import { addClientCommands } from './commands/client-commands.ts';
import { addDecisionCommands } from './commands/decision-commands.ts';
import { addDoctorCommand } from './commands/doctor-command.ts';
import { addGroupCommands } from './commands/group-commands.ts';
import { addKeyCommands } from './commands/key-commands.ts';
import { addLocalCommands } from './commands/local-commands.ts';
import { addOpenApiCommand } from './commands/openapi-command.ts';
import { addOrganizationCommands } from './commands/organization-commands.ts';
import { addPeopleCommands } from './commands/people-commands.ts';
import { addPolicyCommands } from './commands/policy-commands.ts';
import { addRelationCommands } from './commands/relation-commands.ts';
import { addRequestKeyCommands } from './commands/request-key-commands.ts';
import { addResourceCommands } from './commands/resource-commands.ts';
import { addSignInCommands } from './commands/sign-in-commands.ts';
import { addToolCommands } from './commands/tool-commands.ts';
import { addUpstreamCommands } from './commands/upstream-commands.ts';
import { addUserCommands } from './commands/user-commands.ts';
import { addWebhookCommands } from './commands/webhook-commands.ts';
import { EXIT_CODES, exitCodeOf } from './exit-codes.ts';
import { paint, plain } from './output.ts';

/** In the order `--help` shows them. */
const GROUPS: readonly ((program: Command, context: CommandContext) => void)[] = [
  addLocalCommands,
  addResourceCommands,
  addOpenApiCommand,
  addApiCommands,
  addKeyCommands,
  addBreachCommand,
  addClientCommands,
  addAuditCommands,
  addRequestKeyCommands,
  addUpstreamCommands,
  addWebhookCommands,
  addDecisionCommands,
  addPolicyCommands,
  addRelationCommands,
  addBackupCommand,
  addDoctorCommand,
  addSignInCommands,
  addToolCommands,
  addUserCommands,
  addPeopleCommands,
  addAccessOfPersonCommands,
  addOrganizationCommands,
  addGroupCommands,
];

export function buildProgram(context: CommandContext, version: string): Command {
  const program = new Command('gatehouse')
    .description('Who is calling your APIs, and may they do it?')
    .version(version)
    .showHelpAfterError('Run it with --help to see how it is used.')
    .configureOutput({
      writeOut: (text) => context.terminal.out(text.trimEnd()),
      writeErr: (text) => context.terminal.note(text.trimEnd()),
    })
    .exitOverride();
  for (const add of GROUPS) add(program, context);
  return program;
}

/** Runs one command line; answers with the process's exit code (see docs/guides/cli.md) and never throws. */
export async function runCli(argv: readonly string[], context: CommandContext, version: string): Promise<number> {
  try {
    await buildProgram(context, version).parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? EXIT_CODES.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    report(context, error);
    return exitCodeOf(error);
  }
}

function report({ terminal, environment }: CommandContext, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  terminal.note(`${paint(terminal, 'red', 'error')}: ${message}`);
  const fields =
    error instanceof RefusedByServer
      ? error.problem.fields
      : error instanceof GatehouseError
        ? error.fields
        : undefined;
  // One field alone is what the message says already.
  const [only, ...others] = fields ?? [];
  const told = only !== undefined && others.length === 0 && message.includes(only.message);
  for (const field of told ? [] : (fields ?? [])) terminal.note(`  ${plain(field.path)}: ${plain(field.message)}`);
  if (environment.GATEHOUSE_DEBUG !== undefined && error instanceof Error) terminal.note(String(error.stack));
}

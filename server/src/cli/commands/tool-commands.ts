import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { COMPLETION_SHELLS, completionScript } from '../completion.ts';
import { decodeJwt } from '../decode-jwt.ts';
import { cliErrors } from '../errors.ts';
import { paint, printJson } from '../output.ts';

/** Commands that need neither an instance nor a data folder. */
export function addToolCommands(program: Command, context: CommandContext): void {
  const { terminal, clock } = context;

  program
    .command('jwt')
    .description('look into a JSON Web Token')
    .command('decode')
    .argument('[token]', 'from standard input when left out, so that it stays out of the shell’s history')
    .option('--json', 'print one JSON document, for scripts')
    .description('show header and claims; nothing is verified, nothing leaves this machine')
    .action(async (token: string | undefined, { json }: { json?: boolean }) => {
      const decoded = decodeJwt(token ?? (await context.readInput()), clock.now());
      if (json) return printJson(terminal, decoded);
      terminal.out(paint(terminal, 'bold', 'header'));
      printJson(terminal, decoded.header);
      terminal.out(paint(terminal, 'bold', 'claims'));
      printJson(terminal, decoded.payload);
      for (const remark of decoded.remarks) terminal.note(remark);
    });

  program
    .command('completion')
    .argument('<shell>', COMPLETION_SHELLS.join(', '))
    .description('print a completion script: source <(gatehouse completion bash)')
    .action((shell: string) => {
      const script = completionScript(program, shell);
      if (script === undefined)
        throw cliErrors.usage({
          message: `There is no completion for “${shell}”, only for ${COMPLETION_SHELLS.join(', ')}.`,
        });
      terminal.out(script);
    });
}

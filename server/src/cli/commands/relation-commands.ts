import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { printJson } from '../output.ts';
import { readModelFile } from '../read-model-file.ts';

const MODEL_FILE = ['-f, --file <path>', 'the model: .fga, fga.mod (its modules beside it) or .json'] as const;

/** Models of relationships, from files. Everything else is done by OpenFGA's own command line, unchanged. */
export function addRelationCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const relations = program.command('relations').description('models of relationships, in the OpenFGA language');

  relations
    .command('validate-model')
    .requiredOption(...MODEL_FILE)
    .option('--json', 'print the model as JSON')
    .description('does the model make sense? Nothing leaves this machine')
    .action(async ({ file, json }: { file: string; json?: boolean }) => {
      const { compileModel } = await import('#authz');
      const { model, conditions } = await compileModel(await readModelFile(context, file));
      if (json === true) return printJson(terminal, model.json);
      terminal.out(`The model is sound: ${model.types.size} types, ${conditions.size} conditions.`);
    });

  remote(relations.command('write-model'))
    .argument('<store-id>')
    .requiredOption(...MODEL_FILE)
    .description('add a model to a store; it is the one in use from then on')
    .action(async (storeId: string, flags: RemoteFlags & { file: string }) => {
      const body = await readModelFile(context, flags.file);
      const path = `/stores/${encodeURIComponent(storeId)}/authorization-models`;
      const answer = await connect(context, flags).json<{ authorization_model_id: string }>(path, {
        method: 'POST',
        body,
        api: 'openfga',
      });
      if (flags.json) return printJson(terminal, answer);
      terminal.out(answer.authorization_model_id);
    });
}

import { type Command, Option } from 'commander';
import { type CommandContext, type RemoteFlags, remote } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { readBundle } from '../read-bundle.ts';
import { routesOfOpenApi } from '../routes-of-openapi.ts';
import { applyBundle } from './resource-commands.ts';

interface ImportFlags extends RemoteFlags {
  file: string;
  api: string;
  upstream: string;
  audience?: string;
  prefix?: string;
  validate: 'off' | 'report' | 'enforce';
  listed?: boolean;
  anonymous?: boolean;
  plan?: boolean;
  print?: boolean;
}

const PROBLEMS_SHOWN_MAX = 20;

export function addOpenApiCommand(program: Command, context: CommandContext): void {
  const openapi = program.command('openapi').description('descriptions of APIs');
  remote(openapi.command('import'))
    .requiredOption('-f, --file <path>', 'an OpenAPI 3.1 document, YAML or JSON; `-` for standard input')
    .requiredOption('--api <name>', 'the API that its routes belong to; their names begin with it')
    .requiredOption('--upstream <url or name>', 'where the requests go')
    .option('--audience <uri>', 'declare the API too, with this audience and the scopes of the document')
    .option('--prefix <path>', 'serve its paths below this one')
    .addOption(
      new Option('--validate <how>', 'what is not as described is refused, or only counted, or not looked at')
        .choices(['off', 'report', 'enforce'])
        .default('enforce'),
    )
    .option('--listed', 'whoever signs in to the portal may read the document')
    .option('--anonymous', 'operations without security are open to everyone')
    .option('--plan', 'show what would change, and change nothing')
    .option('--print', 'print the resources as YAML instead')
    .description('make a route of each operation of an OpenAPI document')
    .action((flags: ImportFlags) => importOpenApi(context, flags));
}

async function importOpenApi(context: CommandContext, flags: ImportFlags): Promise<void> {
  const [{ stringify }, { readYaml }] = await Promise.all([import('yaml'), import('#resources')]);
  const { text: source } = await readBundle(context, [flags.file]);
  const [document, ...others] = readYaml(source, { file: flags.file });
  if (others.length > 0) throw cliErrors.usage({ message: `${flags.file} holds more than one document.` });
  const { resources, problems } = routesOfOpenApi(document?.value, flags);
  if (problems.length > 0) {
    const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).map(({ path, message }) => `  ${path}: ${message}`);
    const more = problems.length > shown.length ? [`  and ${problems.length - shown.length} more`] : [];
    const lines = [`${flags.file} can't be imported as it is; nothing was changed.`, ...shown, ...more];
    throw cliErrors.document_unusable({ message: lines.join('\n') });
  }
  const text = resources.map((resource) => stringify(resource, { aliasDuplicateObjects: false })).join('---\n');
  if (flags.print === true) return context.terminal.out(text.trimEnd());
  // What the server refuses stands in the resources; the document has no such lines.
  const locate = (line: number) => ({ file: 'of the printed resources (--print)', line });
  await applyBundle(context, flags, { text, locate }, flags.plan === true);
}

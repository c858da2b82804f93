import { type Command, Option } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { plain } from '../output.ts';
import { inFiles, readBundle } from '../read-bundle.ts';
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

/** What the server makes of the document. */
interface Read {
  resources: { kind: string; name: string; spec: object }[];
  problems: { path: string; message: string }[];
  warnings: { code: keyof typeof WARNINGS; routes: string[] }[];
}

const WARNINGS = {
  open: 'Open to everyone',
  policy_needed: 'Nobody may call these until a policy permits it',
  left_over: 'No operation of the document any more, and still there',
} as const;

async function importOpenApi(context: CommandContext, flags: ImportFlags): Promise<void> {
  const source = await readBundle(context, [flags.file]);
  const { resources, problems, warnings } = await connect(context, flags)
    .json<Read>('/openapi/resources', { method: 'POST', body: { text: source.text, ...targetOf(flags) } })
    .catch((error: unknown) => {
      throw inFiles(error, source);
    });
  if (problems.length > 0) {
    const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).map(({ path, message }) => `  ${path}: ${message}`);
    const more = problems.length > shown.length ? [`  and ${problems.length - shown.length} more`] : [];
    const lines = [`${flags.file} can't be imported as it is; nothing was changed.`, ...shown, ...more];
    throw cliErrors.document_unusable({ message: lines.join('\n') });
  }
  for (const { code, routes } of warnings) context.terminal.note(`${WARNINGS[code]}: ${routes.map(plain).join(', ')}.`);
  const { stringify } = await import('yaml');
  const text = resources.map((resource) => stringify(resource, { aliasDuplicateObjects: false })).join('---\n');
  if (flags.print === true) return context.terminal.out(text.trimEnd());
  // What the server refuses stands in the resources; the document has no such lines.
  const locate = (line: number) => ({ file: 'of the printed resources (--print)', line });
  await applyBundle(context, flags, { text, locate }, flags.plan === true);
}

function targetOf({ api, upstream, audience, prefix, validate, listed, anonymous }: ImportFlags) {
  return { api, upstream, audience, prefix, validate, listed, anonymous };
}

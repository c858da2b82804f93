import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { instant, paint, plain, printJson, printTable } from '../output.ts';
import { type Bundle, inFiles, readBundle } from '../read-bundle.ts';
import { listAll, type Resource, readKinds, resolveKind } from '../resource-kinds.ts';
import { refuseWarned, tellWarnings, type Warned, warnedInFiles } from '../tell-warnings.ts';

type Action = 'create' | 'update' | 'delete' | 'unchanged';

interface PlannedChange {
  action: Action;
  kind: string;
  name: string;
  diff?: string;
}

interface ApplyAnswer extends Partial<Warned> {
  changes: PlannedChange[];
}

interface ApplyFlags extends RemoteFlags {
  file: string[];
  message?: string;
  prune?: boolean;
  strict?: boolean;
}

const MARKS: Readonly<Record<Action, readonly [mark: string, colour: 'green' | 'yellow' | 'red' | 'gray']>> = {
  create: ['+', 'green'],
  update: ['~', 'yellow'],
  delete: ['-', 'red'],
  unchanged: ['=', 'gray'],
};

export function addResourceCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;

  remote(program.command('get'))
    .argument('<kind>', 'route, api, client, role, policy, plan, organization, … (singular or plural)')
    .argument('[name]', 'one of them, whole')
    .option('--refers-to <kind/name>', 'only those that refer to it: get client --refers-to plan/gold')
    .description('show resources of a kind, or one whole')
    .action(async (kindName: string, name: string | undefined, flags: RemoteFlags & { refersTo?: string }) => {
      const client = connect(context, flags);
      const kind = await resolveKind(client, kindName);
      if (name !== undefined) {
        const path = `/${kind.plural}/${encodeURIComponent(name)}`;
        if (flags.json) return printJson(terminal, await client.json(path));
        const yaml = await client.raw('/export', {
          query: { kind: kind.kind, name },
          headers: { accept: 'application/yaml' },
        });
        return terminal.out((await yaml.text()).trimEnd());
      }
      const { refersTo } = flags;
      const items = await listAll<Resource>(client, `/${kind.plural}`, { refersTo });
      if (flags.json) return printJson(terminal, { items });
      if (items.length === 0)
        return terminal.note(
          refersTo === undefined ? `There are no ${kind.plural} yet.` : `No ${kind.kind} refers to ${plain(refersTo)}.`,
        );
      printTable(
        terminal,
        ['NAME', 'VERSION', 'UPDATED', 'DESCRIPTION'],
        items.map(({ name: itemName, version, updatedAt, spec }) => [
          plain(itemName),
          plain(version),
          instant(updatedAt),
          plain(spec.description ?? spec.displayName),
        ]),
      );
    });

  remote(program.command('apply'))
    .requiredOption('-f, --file <path...>', 'YAML files, `-` for standard input')
    .option('--prune', 'delete what the files do not name')
    .option('--strict', 'change nothing when there is a warning')
    .option('-m, --message <text>', 'what the change is for; kept with the version of the policies')
    .description('make the instance equal to the files, all or nothing')
    .action((flags: ApplyFlags) => applyFiles(context, flags, false));

  remote(program.command('plan'))
    .requiredOption('-f, --file <path...>', 'YAML files, `-` for standard input')
    .option('--prune', 'plan to delete what the files do not name')
    .option('--strict', 'fail when there is a warning')
    .description('show what apply would change, and change nothing')
    .action((flags: ApplyFlags) => applyFiles(context, flags, true));

  remote(program.command('export'))
    .argument('[kinds...]', 'only these kinds')
    .option('-o, --output <path>', 'write to a file instead of standard output')
    .description('print every resource as YAML that apply takes')
    .action(async (kindNames: string[], flags: RemoteFlags & { output?: string }) => {
      const client = connect(context, flags);
      const kinds = kindNames.length === 0 ? [] : await readKinds(client);
      const wanted = await Promise.all(kindNames.map((name) => resolveKind(client, name, kinds)));
      const query = { kind: wanted.length === 0 ? undefined : wanted.map(({ kind }) => kind).join(',') };
      const accept = flags.json ? 'application/json' : 'application/yaml';
      const text = await (await client.raw('/export', { query, headers: { accept } })).text();
      if (flags.output === undefined) return terminal.out(text.trimEnd());
      writeFileSync(resolve(context.workingFolder, flags.output), text);
      terminal.note(`Written to ${flags.output}.`);
    });

  remote(program.command('delete'))
    .argument('<kind>')
    .argument('<name>')
    .description('delete one resource; refused while others refer to it')
    .action(async (kindName: string, name: string, flags: RemoteFlags) => {
      const client = connect(context, flags);
      const kind = await resolveKind(client, kindName);
      await client.raw(`/${kind.plural}/${encodeURIComponent(name)}`, {
        method: 'DELETE',
        headers: { 'if-match': '*' },
      });
      if (flags.json) return printJson(terminal, { deleted: { kind: kind.kind, name } });
      terminal.out(`Deleted ${kind.kind} ${name}.`);
    });
}

async function applyFiles(context: CommandContext, flags: ApplyFlags, dryRun: boolean): Promise<void> {
  await applyBundle(context, flags, await readBundle(context, flags.file), dryRun);
}

export async function applyBundle(
  context: CommandContext,
  flags: Omit<ApplyFlags, 'file'>,
  bundle: Bundle,
  dryRun: boolean,
): Promise<void> {
  const { terminal } = context;
  const client = connect(context, flags);
  const headers = flags.message === undefined ? {} : { 'gatehouse-change-message': encodeURIComponent(flags.message) };
  const call = { method: 'POST', headers, text: { content: bundle.text, type: 'application/yaml' } } as const;
  const strict = flags.strict === true;
  // A plan is shown whole, with what is wrong with it.
  const query = { dryRun, prune: flags.prune === true, strict: strict && !dryRun };
  const told = await client.json<ApplyAnswer>('/apply', { ...call, query }).catch((error: unknown) => {
    throw inFiles(error, bundle);
  });
  const answer = { ...told, ...warnedInFiles(told, bundle) };
  if (flags.json) {
    printJson(terminal, answer);
    if (strict) refuseWarned(answer);
    return;
  }
  for (const { action, kind, name, diff } of answer.changes) {
    const [mark, colour] = MARKS[action];
    terminal.out(paint(terminal, colour, `${mark} ${kind} ${name}`));
    if (dryRun && diff !== undefined && action !== 'unchanged') terminal.out(indent(diff));
  }
  tellWarnings(terminal, answer, { whole: dryRun });
  const changed = answer.changes.filter(({ action }) => action !== 'unchanged').length;
  terminal.note(
    dryRun
      ? `${changed} to change. Nothing was changed.`
      : `${changed} changed, ${answer.changes.length - changed} as they were.`,
  );
  if (strict) refuseWarned(answer);
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

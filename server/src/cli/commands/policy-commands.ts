import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { instant, paint, plain, printJson, printTable } from '../output.ts';
import { readBundle } from '../read-bundle.ts';
import { readModelFile } from '../read-model-file.ts';

interface Version {
  number: number;
  at: number;
  author: { type: string; id: string };
  message: string;
  policies: string[];
}

interface ReplayChange {
  decisions: number;
  principals: number;
  samples: {
    decisionId: string;
    principal: { type: string; id: string };
    action: string;
    resource: { type: string; id: string };
  }[];
}

interface Replay {
  replayed: number;
  skipped: number;
  unchanged: number;
  gained: ReplayChange;
  lost: ReplayChange;
}

interface FileFlags {
  file: string[];
}

const FILES = ['-f, --file <path...>', 'YAML files, `-` for standard input'] as const;

/** The engine and its compilers: a third of a second to load, for the commands that need them. */
const authz = () => import('#authz');

/** Policies before they are applied: checked and tested here, from files, and tried on what was decided there. */
export function addPolicyCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const policy = program.command('policy').description('policies: check, test, try out, and go back');

  policy
    .command('validate')
    .requiredOption(...FILES)
    .description('do the policies of these files parse, and fit the policy schema among them?')
    .action(async ({ file }: FileFlags) => {
      const { validatePolicies } = await authz();
      const { policies, schema } = await readPolicies(context, file);
      const findings = policies.flatMap(({ name, spec }) =>
        schema === undefined ? [] : validatePolicies(schema, spec.cedar).map(({ message }) => `${name}: ${message}`),
      );
      for (const finding of findings) terminal.out(paint(terminal, 'red', plain(finding)));
      if (findings.length > 0) process.exitCode = EXIT_CODES.failed;
      else
        terminal.out(
          `${policies.length === 1 ? '1 policy is' : `${policies.length} policies are`} sound${schema === undefined ? '' : ', and fit the schema'}.`,
        );
    });

  policy
    .command('test')
    .requiredOption(...FILES)
    .option('--json', 'as JSON')
    .description('run the policy tests of these files on the policies of these files; exit code 1 when one fails')
    .action(async ({ file, json }: FileFlags & { json?: boolean }) => {
      const { compilePolicies, runPolicyTests, toPolicySource } = await authz();
      const { policies, tests } = await readPolicies(context, file);
      const report = runPolicyTests(compilePolicies(policies.map(toPolicySource), 0), tests);
      if (report.failures.length > 0) process.exitCode = EXIT_CODES.failed;
      if (json === true) return printJson(terminal, report);
      for (const { test, expected, reason } of report.failures) {
        terminal.out(paint(terminal, 'red', `✗ ${plain(test)}: expected ${expected}, got ${plain(reason)}`));
      }
      const { coverage } = report;
      terminal.out(`${report.passed} passed, ${report.failures.length} failed.`);
      terminal.out(
        `Covered: ${coverage.policiesCovered} of ${coverage.policies} policies, ${coverage.clausesCovered} of ${coverage.clauses} clauses.`,
      );
      for (const { policy: name, satisfied, clauses } of coverage.missing) {
        if (!satisfied) terminal.out(`  ${plain(name)} was never satisfied`);
        for (const clause of clauses) terminal.out(`  ${plain(name)}: not seen both ways: ${plain(clause)}`);
      }
    });

  policy
    .command('fmt')
    .argument('<file...>', 'files of Cedar text')
    .option('--write', 'write the files instead of printing them')
    .description('format Cedar text as Cedar’s own formatter does')
    .action(async (files: string[], { write }: { write?: boolean }) => {
      const { formatPolicies } = await authz();
      for (const file of files) {
        const path = resolve(context.workingFolder, file);
        const formatted = formatPolicies(readFileSync(path, 'utf8'));
        if (formatted === undefined)
          throw cliErrors.usage({ message: `${file} is not valid Cedar; see gatehouse policy validate.` });
        if (write === true) writeFileSync(path, `${formatted.trimEnd()}\n`);
        else terminal.out(formatted.trimEnd());
      }
    });

  policy
    .command('types')
    .requiredOption(...FILES)
    .description('the policy schema of these files as TypeScript, for createAuthorize of @gatehouse/sdk/verify')
    .action(async ({ file }: FileFlags) => {
      const { schema } = await readPolicies(context, file);
      const { writePolicyTypes } = await authz();
      const types = schema === undefined ? undefined : writePolicyTypes(schema);
      if (types === undefined) throw cliErrors.usage({ message: 'There is no policy_schema in these files.' });
      terminal.out(types.trimEnd());
    });

  remote(policy.command('diff'))
    .option(...FILES)
    .option(
      '--model <fact-source=path...>',
      'a model of relationships (.fga, fga.mod, .json) in the place of its present one',
    )
    .description(
      'who would gain and who would lose access by these policies and models, by the decisions that were kept',
    )
    .action(async (flags: RemoteFlags & Partial<FileFlags> & { model?: string[] }) => {
      if (flags.file === undefined && flags.model === undefined)
        throw cliErrors.usage({ message: 'Name policies with -f, or a model with --model <fact source>=<file>.' });
      const body = {
        ...(flags.file === undefined ? {} : { policies: (await readPolicies(context, flags.file)).policies }),
        ...(flags.model === undefined ? {} : { models: await readCandidateModels(context, flags.model) }),
      };
      const report = await connect(context, flags).json<Replay>('/policy-versions/replay', { method: 'POST', body });
      if (flags.json) return printJson(terminal, report);
      terminal.out(
        `${report.replayed} decisions made again, ${report.skipped} left out, ${report.unchanged} as they were.`,
      );
      for (const [word, change] of [
        ['gain', report.gained],
        ['lose', report.lost],
      ] as const) {
        terminal.out(`${change.principals} principals would ${word} access, in ${change.decisions} decisions.`);
        for (const { principal, action, resource, decisionId } of change.samples) {
          terminal.out(
            plain(`  ${principal.type} ${principal.id}: ${action} on ${resource.type} ${resource.id} (${decisionId})`),
          );
        }
      }
    });

  remote(policy.command('versions'))
    .option('--limit <n>', 'how many', '20')
    .description('the versions of the policies, newest first')
    .action(async (flags: RemoteFlags & { limit: string }) => {
      const query = { limit: flags.limit };
      const { items } = await connect(context, flags).json<{ items: Version[] }>('/policy-versions', { query });
      if (flags.json) return printJson(terminal, { items });
      const rows = items.map(({ number, at, author, message, policies }) => [
        plain(number),
        instant(at),
        plain(author.id),
        plain(policies.length),
        plain(message),
      ]);
      printTable(terminal, ['VERSION', 'TIME', 'AUTHOR', 'POLICIES', 'MESSAGE'], rows);
    });

  remote(policy.command('show'))
    .argument('<version>')
    .description('one version of the policies, as YAML')
    .action(async (number: string, flags: RemoteFlags) => {
      const version = await connect(context, flags).json<Version & { yaml: string }>(
        `/policy-versions/${encodeURIComponent(number)}`,
      );
      if (flags.json) return printJson(terminal, version);
      terminal.out(version.yaml.trimEnd());
    });

  remote(policy.command('rollback'))
    .argument('<version>')
    .option('-m, --message <text>', 'why')
    .description('make the policies what they were in a version')
    .action(async (number: string, flags: RemoteFlags & { message?: string }) => {
      const headers =
        flags.message === undefined ? {} : { 'gatehouse-change-message': encodeURIComponent(flags.message) };
      const path = `/policy-versions/${encodeURIComponent(number)}/rollback`;
      const answer = await connect(context, flags).json<{ changed: { action: string; name: string }[] }>(path, {
        method: 'POST',
        body: {},
        headers,
      });
      if (flags.json) return printJson(terminal, answer);
      for (const { action, name } of answer.changed) terminal.out(plain(`${action} ${name}`));
      terminal.note(`${answer.changed.length} policies changed.`);
    });
}

/** `documents=model.fga` for each. */
function readCandidateModels(context: CommandContext, flags: readonly string[]) {
  return Promise.all(
    flags.map(async (flag) => {
      const [, factSource, path] = /^([^=]+)=(.+)$/.exec(flag) ?? [];
      if (factSource === undefined || path === undefined)
        throw cliErrors.usage({ message: `--model needs <fact source>=<file>, not ${JSON.stringify(flag)}.` });
      return { factSource, model: await readModelFile(context, path) };
    }),
  );
}

/** What a bundle says about policies; its other kinds are none of this. @throws the rooms' errors, with line and column */
async function readPolicies(context: CommandContext, paths: readonly string[]) {
  const { text } = await readBundle(context, paths);
  const [{ policyKind, policyTestKind, policySchemaKind }, { kindRegistry, readPlainDocuments, readYaml }] =
    await Promise.all([authz(), import('#resources')]);
  const kinds = kindRegistry([policyKind, policyTestKind, policySchemaKind]);
  const own = readYaml(text).flatMap(({ value }) => (isOfKind(value, kinds.all) ? [value] : []));
  const documents = own.length === 0 ? [] : readPlainDocuments(kinds, own);
  const of = <Spec>(kind: { kind: string; schema: { parse(value: unknown): Spec } }) =>
    documents
      .filter((each) => each.kind.kind === kind.kind)
      .map(({ name, spec }) => ({ name, spec: kind.schema.parse(spec) }));
  const policies = of(policyKind);
  const [schema] = of(policySchemaKind);
  const tests = of(policyTestKind).map(({ name, spec }) => ({ name, tests: spec.tests }));
  return { policies, tests, schema: schema?.spec.cedar };
}

function isOfKind(value: unknown, kinds: readonly { kind: string }[]): boolean {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && kinds.some(({ kind }) => kind === value.kind)
  );
}

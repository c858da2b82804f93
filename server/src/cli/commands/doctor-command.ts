import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type CommandContext, type LocalOptions, onLocalMachine } from '../command-context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { fetchFrom } from '../fetch-from.ts';
import { findInstance } from '../find-instance.ts';
import { paint, printJson } from '../output.ts';

const PROBE_TIMEOUT_MILLISECONDS = 3000;
/** Tokens are checked with five seconds of leeway; a clock further off breaks sign-ins in confusing ways. */
const CLOCK_SKEW_MAX_MILLISECONDS = 5000;

interface Finding {
  check: string;
  state: 'ok' | 'warning' | 'problem';
  message: string;
}

type Check = (context: CommandContext, options: LocalOptions) => Promise<Finding>;

const CHECKS: readonly Check[] = [checkNode, checkConfiguration, checkDataFolder, checkInstance];
const MARKS = { ok: ['✓', 'green'], warning: ['!', 'yellow'], problem: ['✗', 'red'] } as const;

export function addDoctorCommand(program: Command, context: CommandContext): void {
  onLocalMachine(program.command('doctor'))
    .option('--json', 'print one JSON document, for scripts')
    .description('look for what is wrong here, and say how to mend it; exit code 1 when something is')
    .action(async ({ json, ...options }: LocalOptions & { json?: boolean }) => {
      const findings: Finding[] = [];
      for (const check of CHECKS) findings.push(await check(context, options));
      if (findings.some(({ state }) => state === 'problem')) process.exitCode = EXIT_CODES.failed;
      if (json) return printJson(context.terminal, { findings });
      for (const { check, state, message } of findings) {
        const [mark, colour] = MARKS[state];
        context.terminal.out(`${paint(context.terminal, colour, mark)} ${check.padEnd(14)} ${message}`);
      }
    });
}

async function checkNode(): Promise<Finding> {
  return {
    check: 'runtime',
    state: 'ok',
    message: `Node ${process.versions.node} on ${process.platform}-${process.arch}`,
  };
}

async function checkConfiguration({ local }: CommandContext, options: LocalOptions): Promise<Finding> {
  try {
    const { issuer, database, engine } = await local.checkConfiguration(options);
    return { check: 'configuration', state: 'ok', message: `issuer ${issuer}, database ${database} (${engine})` };
  } catch (error) {
    return {
      check: 'configuration',
      state: 'problem',
      message: error instanceof Error ? error.message : String(error),
    };
  }
}

async function checkDataFolder({ local }: CommandContext, options: LocalOptions): Promise<Finding> {
  const check = 'data folder';
  const dataFolder = await local.checkConfiguration(options).then(
    (report) => report.dataFolder,
    () => undefined,
  );
  if (dataFolder === undefined)
    return { check, state: 'warning', message: 'not checked: the configuration is not sound' };
  if (!existsSync(dataFolder))
    return { check, state: 'warning', message: `${dataFolder} is not there yet; gatehouse start makes it` };
  const masterKey = join(dataFolder, 'master.key');
  if (existsSync(masterKey) && (statSync(masterKey).mode & 0o077) !== 0) {
    return { check, state: 'problem', message: `others can read the master key: chmod 600 ${masterKey}` };
  }
  return { check, state: 'ok', message: dataFolder };
}

async function checkInstance(context: CommandContext, options: LocalOptions): Promise<Finding> {
  const check = 'instance';
  try {
    const dataFolder = await namedDataFolder(context, options);
    const instance = findInstance(dataFolder === undefined ? {} : { dataFolder }, context);
    const response = await fetchFrom(instance, new URL('/readyz', instance.url), {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MILLISECONDS),
    });
    if (!response.ok)
      return {
        check,
        state: 'problem',
        message: `${instance.url} is up but not ready: ${(await response.text()).slice(0, 200)}`,
      };
    const skew = Math.abs(Date.parse(response.headers.get('date') ?? '') - context.clock.now());
    // The Date header has whole seconds, so one second of difference says nothing.
    if (skew > CLOCK_SKEW_MAX_MILLISECONDS + 1000) {
      return {
        check,
        state: 'problem',
        message: `the clock of ${instance.url} differs from this one by ${Math.round(skew / 1000)} seconds`,
      };
    }
    return { check, state: 'ok', message: `${instance.url} is ready` };
  } catch (error) {
    return {
      check,
      state: 'warning',
      message: `none answers: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** A configuration that was named says where its instance is; one in this folder is found without. */
async function namedDataFolder({ local }: CommandContext, options: LocalOptions): Promise<string | undefined> {
  if (options.config === undefined) return options.dataFolder;
  return (await local.checkConfiguration(options)).dataFolder;
}

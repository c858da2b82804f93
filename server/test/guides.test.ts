/**
 * The guides are run as they are written: every `sh` block, in order, one shell for each guide, against one instance on free
 * ports. Each line of a `text` block that follows must occur in what the block printed, in this order; `…` stands for
 * anything. What needs a person (a browser, a terminal that stays open) is a `console` block, and is not run.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildProgram, type CommandContext } from '#cli';
import { configurationJsonSchema } from '#configuration';
import type { JsonSchema } from '#resources';
import { layNewDatabase, temporaryFolder } from '#testing';
import { VARIABLES } from '../src/configuration/environment.ts';
import { freePort } from './running-program.ts';
import { repositoryRoot } from './source-tree.ts';

interface Block {
  script: string;
  expected: string[];
}

const GUIDES = globSync('docs/guides/*.md', { cwd: repositoryRoot })
  .toSorted()
  .map((path) => ({ name: basename(path), blocks: readBlocks(readFileSync(join(repositoryRoot, path), 'utf8')) }))
  .filter(({ blocks }) => blocks.length > 0);
/**
 * As the guides have them: control plane, gateway, weather API, a second gateway process and its probes, one's own service,
 * another instance with a port for certificates, and two more services.
 */
const PORTS = ['7700', '7800', '7900', '7701', '7801', '7950', '7702', '7802', '7743', '7951', '7952'];
const GUIDE_MILLISECONDS_MAX = 120_000;

let folder = '';
const ports = new Map<string, string>();
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  // Its second instance, and what is restored, make their own.
  await layNewDatabase(join(folder, 'gatehouse-data'));
  for (const port of PORTS) ports.set(port, String(await freePort()));
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    onOurPorts(`issuer: http://localhost:7700
log: { level: warn }
outbound: { webhooks: [127.0.0.1/32] }
listeners:
  control: { port: 7700 }
  gateway: { port: 7800 }
`),
  );
  const example = join(folder, 'examples/weather-api');
  mkdirSync(example, { recursive: true });
  const from = join(repositoryRoot, 'examples/weather-api');
  writeFileSync(join(example, 'gatehouse.yaml'), onOurPorts(readFileSync(join(from, 'gatehouse.yaml'), 'utf8')));
  const weather = start([process.execPath, join(from, 'weather-api.ts')], { PORT: ports.get('7900') });
  const gatehouse = start(['gatehouse', 'start']);
  await Promise.all([untilPrinted(weather, 'weather API on'), untilPrinted(gatehouse, 'Gatehouse is ready')]);
  await runShell('gatehouse apply -f examples/weather-api/gatehouse.yaml', 'set-up');
});

afterAll(async () => {
  for (const child of running) {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
  await rm(folder, { recursive: true, force: true });
});

test('what is expected is looked for', () => {
  expect(firstMissing(['HTTP/1.1 200 OK', '"a":…"c":3'], 'HTTP/1.1 200 OK\r\n{"a":1,"b":2,"c":3}')).toBeUndefined();
  expect(firstMissing(['b', 'a'], 'a\nb')).toBe('a');
  expect(firstMissing(['ID  NAME'], 'ID      NAME   KEY')).toBeUndefined();
  expect(firstMissing(['a.c'], 'abc')).toBe('a.c');
  expect(firstMissing(['1…', '2…'], '1 2')).toBeUndefined();
});

test.each(GUIDES)(
  '$name',
  async ({ name, blocks }) => {
    const script = blocks.map((block, index) => `echo '@@${index}@@'\n${block.script}`).join('\n');
    const { code, output } = await runShell(onOurPorts(script), name);
    const printed = new Map<number, string>();
    for (const [, index, text] of output.matchAll(/@@(\d+)@@\n([\s\S]*?)(?=@@\d+@@\n|$)/g))
      printed.set(Number(index), text ?? '');
    expect(code, `${name}: a command failed in\n${blocks[printed.size - 1]?.script}\n${output.slice(-3000)}`).toBe(0);
    for (const [index, { script: text, expected }] of blocks.entries()) {
      const found = printed.get(index) ?? '';
      expect(
        firstMissing(expected.map(onOurPorts), found),
        `${name}: not printed by\n${text}\n\n${found}`,
      ).toBeUndefined();
    }
  },
  GUIDE_MILLISECONDS_MAX + 5000,
);

const guide = (name: string) => readFileSync(join(repositoryRoot, 'docs/guides', name), 'utf8');

test('configuration.md names every field of the schema and every variable', () => {
  const rows =
    guide('configuration.md')
      .match(/^\| `.*?(?= \|)/gm)
      ?.join('\n') ?? '';
  const fields = leavesOf(configurationJsonSchema());
  expect(fields).toContain('listeners.gateway.port');
  expect([...fields, ...Object.keys(VARIABLES)].filter((name) => !rows.includes(`\`${name}\``))).toEqual([]);
});

test('cli.md names every command', () => {
  const text = guide('cli.md');
  const context = { terminal: { out() {}, note() {} } } as unknown as CommandContext;
  const commands = commandsOf(buildProgram(context, '0'));
  expect(commands).toContain('clients secrets add');
  expect(commands.filter((name) => !new RegExp(`\`${name}[ \`]`).test(text))).toEqual([]);
});

function leavesOf(schema: JsonSchema, path: readonly string[] = []): string[] {
  const nested = [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(({ properties }) =>
    Object.entries(properties ?? {}).flatMap(([name, child]) => leavesOf(child, [...path, name])),
  );
  return nested.length === 0 ? [path.join('.')] : nested;
}

type Commands = ReturnType<typeof buildProgram>;

function commandsOf(program: Commands, path: readonly string[] = []): string[] {
  return program.commands.flatMap((command: Commands) => {
    const name = [...path, command.name()];
    return command.commands.length === 0 ? [name.join(' ')] : commandsOf(command, name);
  });
}

function readBlocks(markdown: string): Block[] {
  const blocks: Block[] = [];
  const fences = /^```(\w*)\n([\s\S]*?)^```$/gm;
  let before = '';
  for (const [, language = '', content = ''] of markdown.matchAll(fences)) {
    if (language === 'sh') blocks.push({ script: content, expected: [] });
    if (language === 'text' && before === 'sh') {
      blocks.at(-1)?.expected.push(...content.split('\n').filter((line) => line.trim() !== ''));
    }
    before = language;
  }
  return blocks;
}

/** The first line that does not occur where it should: somewhere at or after the place of the one before. */
function firstMissing(expected: readonly string[], output: string): string | undefined {
  let rest = output.replaceAll('\r', '').replaceAll(/[ \t]+/g, ' ');
  for (const line of expected) {
    const parts = line
      .replaceAll(/\s+/g, ' ')
      .split('…')
      .map((part) => part.trim());
    const pattern = new RegExp(
      parts
        .filter((part) => part !== '')
        .map((part) => RegExp.escape(part))
        .join('.*?'),
    );
    const match = pattern.exec(rest);
    if (match === null) return line;
    rest = rest.slice(match.index + match[0].length);
  }
  return undefined;
}

function onOurPorts(text: string): string {
  return text.replaceAll(/(?<![\d.])\d{4}(?!\d)/g, (port) => ports.get(port) ?? port);
}

/**
 * `npx` looks up what is installed here anyway, at half a second a time. A person takes longer to type the next command than
 * a server takes to let go of its port: a script has to wait for it. Of what runs in the background the shell itself would
 * get the signal that is meant for the program, and nobody would wait for that: so it becomes the program.
 */
const PRELUDE = `npx() { [ "$BASHPID" = $$ ] || exec "$@"; "$@"; }; export -f npx; set -e
kill() { command kill "$@"; wait "$@" || true; }
`;

async function runShell(script: string, name: string): Promise<{ code: number | null; output: string }> {
  const path = join(folder, `${name}.out`);
  const out = openSync(path, 'w');
  // A group of its own, so that what a guide leaves behind ends with it, and leaves its ports to the next one.
  const shell = spawn('bash', ['-c', PRELUDE + script], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', out, out],
    detached: true,
  });
  /** Whether anybody was left to hear it. */
  const reachGroup = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-(shell.pid ?? Number.NaN), signal);
    } catch {
      return false;
    }
  };
  const late = setTimeout(() => reachGroup('SIGTERM'), GUIDE_MILLISECONDS_MAX);
  const [code] = await once(shell, 'exit');
  clearTimeout(late);
  reachGroup('SIGTERM');
  // Not for ever: where nobody collects orphans, their names outlive them.
  for (let looks = 0; looks < 20 && reachGroup(0); looks++) await wait(100);
  return { code, output: readFileSync(path, 'utf8') };
}

function start([command = '', ...args]: string[], more: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...environment(), ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return child;
}

async function untilPrinted(child: ChildProcess, text: string): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const look = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(text)) resolve();
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', () => reject(new Error(`ended before it printed “${text}”: ${output}`)));
  });
}

/** Whatever is set where the tests run must not lead a command to somebody's real instance. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('GATEHOUSE_') && !name.startsWith('VITEST') && name !== 'DATABASE_URL',
  );
  const path = `${join(repositoryRoot, 'node_modules/.bin')}:${process.env.PATH ?? ''}`;
  return {
    ...Object.fromEntries(kept),
    PATH: path,
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, '.config'),
    NO_COLOR: '1',
  };
}

/** What the documents say by name is there: commands and their options, kinds, metrics, events, statuses. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildProgram, type CommandContext } from '#cli';
import { configurationJsonSchema } from '#configuration';
import type { JsonSchema } from '#resources';
import { gatewayErrors } from '../src/gateway/errors.ts';
import { problem } from '../src/gateway/problems.ts';
import { EVENTS, KINDS } from '../src/kinds.ts';
import { repositoryRoot } from './source-tree.ts';

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
/** Written by people; the reference is written by the program. */
const PAGES = globSync(['*.md', 'docs/*.md', 'docs/{guides,security}/*.md'], { cwd: repositoryRoot })
  .filter((path) => path !== 'docs/errors.md')
  .map((path) => ({ path, text: read(path) }));
const guide = (name: string) => read(`docs/guides/${name}`);

type Command = ReturnType<typeof buildProgram>;

const program = buildProgram({ terminal: { out() {}, note() {} } } as unknown as CommandContext, '0');

test('every command line in the documents is one that there is', () => {
  const written = PAGES.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:`|npx )gatehouse ([a-z-]+(?: [^`\n]*)?)[`\n]/g)].map(([, line = '']) => ({ path, line })),
  );
  expect(written.length).toBeGreaterThan(300);
  expect(written.filter(({ line }) => !isCommand(line))).toEqual([]);
});

test.each([
  ['keys revoke "$ID" --reason x', true],
  ['audit list', false],
  ['audit events --nothing', false],
  ['keys report --month "$(date -u +%Y)"', true],
  ['export | sort --reverse', true],
])('a command line is read: %s', (line, there) => {
  expect(isCommand(line)).toBe(there);
});

/** Of a line as a shell has it: what stands in quotes, and behind a pipe or a redirection, is another matter. */
function isCommand(line: string): boolean {
  const words = line
    .replaceAll(/"[^"]*"|'[^']*'/g, '…')
    .split(/ \| | \|\| | && |[;><)]/, 1)[0]
    ?.split(' ');
  let command: Command = program;
  for (const word of words ?? []) {
    const below = command.commands.find((each: Command) => each.name() === word);
    if (below !== undefined) command = below;
    else if (/^--?[a-z]/.test(word)) {
      if (word !== '--help' && !command.options.some(({ short, long }) => word === short || word === long))
        return false;
    } else if (command.commands.length > 0 && /^[a-z]/.test(word)) return false;
  }
  return true;
}

test('resources.md names every kind', () => {
  const rows =
    guide('resources.md')
      .match(/^\| .*$/gm)
      ?.join('\n') ?? '';
  expect(KINDS.all.length).toBeGreaterThan(20);
  expect(KINDS.all.map(({ kind }) => kind).filter((kind) => !rows.includes(`\`${kind}\``))).toEqual([]);
});

test('configuration.md has the defaults of the schema', () => {
  const cells = new Map(
    [...guide('configuration.md').matchAll(/^\| `([\w.]+)` \| (.*?) \| /gm)].map(([, field = '', cell = '']) => [
      field,
      cell,
    ]),
  );
  const defaults = defaultsOf(configurationJsonSchema());
  expect(defaults.length).toBeGreaterThan(20);
  expect(defaults.filter(({ field, value }) => cells.get(field)?.includes(value) !== true)).toEqual([]);
});

/** Fields with a default, as the guide writes it: an empty list is none. */
function defaultsOf(schema: JsonSchema, path: readonly string[] = []): { field: string; value: string }[] {
  const nested = [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(({ properties }) =>
    Object.entries(properties ?? {}).flatMap(([name, child]) => defaultsOf(child, [...path, name])),
  );
  if (nested.length > 0 || !['string', 'number', 'boolean'].includes(typeof schema.default)) return nested;
  return [
    {
      field: path.join('.'),
      value: written(schema.default),
    },
  ];
}

/** What YAML would take for a number is quoted, as it has to be in the file. */
function written(value: unknown): string {
  const text = String(value);
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(text) ? `\`"${text}"\`` : `\`${text}\``;
}

test('every metric is told of in a guide', () => {
  const source = globSync('server/src/http/*metrics.ts', { cwd: repositoryRoot }).map(read).join('\n');
  const metrics = new Set([...source.matchAll(/'(gatehouse_[a-z_]+)'/g)].map(([, name = '']) => name));
  expect(metrics.size).toBeGreaterThan(15);
  const told = PAGES.map(({ text }) => text).join('\n');
  expect([...metrics].filter((name) => !told.includes(`\`${name}\``))).toEqual([]);
});

test('every event that a document names is one that there is', () => {
  const types = new Set(EVENTS.types());
  const families = new Set(EVENTS.types().map((type) => type.split('.')[0]));
  // Fields of resources look alike (`upstream.path`), but nothing has happened in them.
  const named = PAGES.flatMap(({ path, text }) =>
    [...text.matchAll(/`([a-z_]+)\.([a-z_]+ed)`/g)]
      .filter(([, family = '']) => families.has(family))
      .map(([, family, rest]) => ({ path, type: `${family}.${rest}` })),
  ).filter(({ type }) => type !== 'user.email_verified');
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter(({ type }) => !types.has(type))).toEqual([]);
});

test('errors.md has the statuses that the gateway answers', () => {
  const page = read('docs/errors.md');
  const wrong = Object.keys(gatewayErrors).filter((code) => {
    const { status } = problem(code as keyof typeof gatewayErrors);
    return !page.includes(`### \`${code}\`\n\nStatus ${status}. `);
  });
  expect(wrong).toEqual([]);
});

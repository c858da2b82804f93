/** Each example can be found, started by its one command, and is driven by a test. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const here = import.meta.dirname;
const EXAMPLES = readdirSync(here).filter((name) => existsSync(join(here, name, 'package.json')));
const read = (...path: string[]) => readFileSync(join(here, ...path), 'utf8');

test('there are as many as were promised', () => {
  expect(EXAMPLES).toEqual([
    'b2b-platform',
    'cli-login',
    'documents',
    'express-users',
    'mcp-server',
    'microservices',
    'spa',
    'weather-api',
  ]);
});

test.each(EXAMPLES)('%s', (name) => {
  expect(existsSync(join(here, name, 'example.ts')), 'is started by npm run example').toBe(true);
  expect(JSON.parse(read(name, 'package.json')).scripts.start).toBe(`node ../../scripts/example.mjs ${name}`);
  expect(read(name, 'README.md')).toContain(`npm run example ${name}\n`);
  const tests = globSync('*.test.ts', { cwd: join(here, name) }).map((file) => read(name, file));
  expect(
    tests.some((text) => text.includes(`startExample('${name}')`)),
    'is driven by a test',
  ).toBe(true);
  expect(read('../docs/guides/examples.md')).toContain(`(../../examples/${name})`);
});

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from './source-tree.ts';

/** Prints the packages that were loaded. */
const WATCH = `
  import { registerHooks } from 'node:module';
  const packages = new Set();
  registerHooks({ load(url, context, next) {
    const name = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
    if (name !== undefined) packages.add(name);
    return next(url, context);
  } });
  process.on('exit', () => process.stderr.write('\\nloaded ' + [...packages].join(' ')));
`;

async function loadedBy(...args: string[]): Promise<string[]> {
  const watch = `data:text/javascript,${encodeURIComponent(WATCH)}`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--import', watch, ...args], { cwd: repositoryRoot });
  return stderr.slice(stderr.lastIndexOf('\nloaded ')).trim().split(' ').slice(1);
}

/** Each file is a third of a millisecond of every start. What one command, protocol or option needs comes when it is used. */
describe('a start waits for no package that may never be used', () => {
  test('a command', async () => {
    const loaded = await loadedBy(join(repositoryRoot, 'server/bin/gatehouse.mjs'), '--help');
    expect(loaded).toEqual(['ipaddr.js', 'commander']);
  });

  test('the program', async () => {
    const loaded = await loadedBy('-e', "import('./server/src/local-commands.ts')");
    expect(loaded).toContain('fastify');
    const unused = [
      ...['@bufbuild/cel', '@cedar-policy/cedar-wasm', '@grpc/proto-loader', '@opentelemetry/sdk-trace', 'ajv'],
      ...['@openfga/syntax-transformer', '@simplewebauthn/server', '@zxcvbn-ts/core', 'cli-table3', 'diff', 'ioredis'],
      ...['marked', 'nodemailer', 'undici'],
    ];
    expect(loaded.filter((name) => unused.includes(name))).toEqual([]);
  });
});

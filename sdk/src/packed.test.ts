/**
 * The package as it is published: packed, put into an empty project, type-checked as strictly as can be (declarations of ours
 * included), run, and weighed. `GATEHOUSE_OTHER_NODE` names another Node to run it under as well (22 is the oldest kept one).
 */
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const run = promisify(execFile);
const tsc = join(root, 'node_modules/typescript/bin/tsc');

/** Entry points that need nothing beside them, and those that need what an application has anyway. */
const ALONE = ['verify', 'fetch', 'service', 'filter', 'express', 'passport', 'mcp', 'browser', 'admin'];
const WITH_A_FRAMEWORK = ['fastify', 'hono', 'react', 'mtls'];
const FRAMEWORKS = ['fastify', 'hono', 'react', '@types/react', '@types/node', 'undici'];

let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'gatehouse-sdk-'));
  await run(process.execPath, [join(root, 'sdk/build.mjs'), '--out', join(project, 'dist')], { cwd: root });
  await run('tar', ['-czf', join(project, 'sdk.tgz'), '-C', join(project, 'dist'), '.']);
  const installed = join(project, 'node_modules/@gatehouse/sdk');
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', join(project, 'sdk.tgz'), '-C', installed]);
  // What a package manager would have fetched.
  for (const name of ['jose']) symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
}, 120_000);
afterAll(() => rm(project, { recursive: true, force: true }));

const strict = {
  target: 'es2024',
  lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable', 'esnext.disposable'],
  module: 'nodenext',
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  noEmit: true,
};

async function typeErrors(entries: readonly string[], options: object): Promise<string> {
  const lines = entries.map((entry) => `export * as ${entry} from '@gatehouse/sdk/${entry}';`);
  writeFileSync(join(project, 'index.ts'), `${lines.join('\n')}\n`);
  const compilerOptions = { ...strict, ...options };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['index.ts'] }));
  const { stdout } = await run(process.execPath, [tsc, '-p', project, '--pretty', 'false']).catch(
    (failure: { stdout: string }) => failure,
  );
  return stdout;
}

test('holds what it exports, and no test', () => {
  const {
    exports,
    private: hidden,
    dependencies,
  } = JSON.parse(readFileSync(join(project, 'dist/package.json'), 'utf8'));
  const files = new Set(globSync('**/*', { cwd: join(project, 'dist') }));
  const named = Object.values<{ types: string; default: string }>(exports).flatMap((each) => [
    each.types,
    each.default,
  ]);
  expect(named.filter((path) => !files.has(path.replace('./', '')))).toEqual([]);
  expect(Object.keys(exports).toSorted()).toEqual(
    [...ALONE, ...WITH_A_FRAMEWORK].map((name) => `./${name}`).toSorted(),
  );
  expect([...files].filter((path) => /\.(test|fixture|cases)\.|\.ts$/.test(path) && !path.endsWith('.d.ts'))).toEqual(
    [],
  );
  expect([hidden, Object.keys(dependencies)]).toEqual([undefined, ['jose']]);
});

test('type-checks in an empty project without a framework, declarations included', { timeout: 60_000 }, async () => {
  expect(await typeErrors(ALONE, { types: [], skipLibCheck: false })).toBe('');
});

test('type-checks beside the frameworks', { timeout: 60_000 }, async () => {
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
  for (const name of FRAMEWORKS) symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  expect(await typeErrors([...ALONE, ...WITH_A_FRAMEWORK], { types: ['node'], skipLibCheck: true })).toBe('');
});

/** Where scripts/install-node-22.mjs puts it. */
const NODE_22 = join(root, `.cache/node-22/node_modules/node-${process.platform}-${process.arch}/bin/node`);
const OTHER = process.env.GATEHOUSE_OTHER_NODE ?? (existsSync(NODE_22) ? NODE_22 : undefined);
const NODES = [['the pinned Node', process.execPath], ...(OTHER === undefined ? [] : [[OTHER, OTHER]])];
test.each(NODES)('runs under %s', async (_, node = '') => {
  const imports = [...ALONE, 'hono', 'fastify', 'mtls'].filter((name) => name !== 'browser');
  writeFileSync(
    join(project, 'run.mjs'),
    // The undici of this workspace wants Node 22; older ones of it go with older ones of Node.
    `const here = ${JSON.stringify(imports)}.filter((name) => name !== 'mtls' || parseInt(process.versions.node) >= 22);
for (const name of here) await import('@gatehouse/sdk/' + name);
const { createVerifier } = await import('@gatehouse/sdk/verify');
const verifier = createVerifier({ issuer: 'https://id.example.com', audience: 'x' });
const code = await verifier.verifyToken('a.b.c').catch((error) => error.code);
console.log(process.version, code);\n`,
  );
  const { stdout } = await run(node, [join(project, 'run.mjs')], { cwd: project });
  process.stdout.write(`the packed SDK ran under Node ${stdout}`);
  expect(stdout).toMatch(/^v\d+\S* credential_malformed\n$/);
});
if (OTHER === undefined) {
  test('another Node: `node scripts/install-node-22.mjs`, or set GATEHOUSE_OTHER_NODE to one', (context) =>
    context.skip());
}

/** Kilobytes, minified and compressed, with jose: what a worker would upload. */
const SIZES_MAX: readonly (readonly [entry: string, kilobytes: number])[] = [
  ['verify', 20],
  ['fetch', 22],
  ['hono', 22],
  ['express', 22],
  ['service', 16],
  ['filter', 4],
];
test.each(SIZES_MAX)('%s is at most %i kB', async (entry, max) => {
  const { output } = await build({
    input: join(project, `node_modules/@gatehouse/sdk/${entry}/${entry}.js`),
    write: false,
    platform: 'browser',
    external: [/^node:/],
    output: { minify: true },
    logLevel: 'silent',
  });
  const bytes = gzipSync(output[0].code).byteLength;
  process.stdout.write(`@gatehouse/sdk/${entry}: ${(bytes / 1000).toFixed(1)} kB compressed, with jose\n`);
  expect(bytes / 1000).toBeLessThan(max);
});

/** Every public function has an example, and every example compiles, as a reader would paste it: in a file of its own, strictly. And runs. */
import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'rolldown';
import { afterAll, expect, test } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** Inside the workspace, so that `@gatehouse/sdk/…` is found as in an example of the repository. */
const folder = join(root, 'sdk/.doc-examples');
const SOURCES = globSync(
  'sdk/src/{verify,express,fastify,hono,fetch,passport,service,mtls,mcp,filter,browser,react,admin}/*.ts',
  {
    cwd: root,
    exclude: ['**/*.test.ts', '**/*.fixture.ts'],
  },
);
/** What is exported from an entry point, called, and so needs an example. */
const CALLED = /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\nexport (?:async )?(?:function|class|const) (\w+)/g;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EXAMPLES = [...SOURCES, 'docs/guides/sdk.md', 'sdk/README.md'].flatMap((path) => {
  const text = readFileSync(join(root, path), 'utf8');
  const blocks = path.endsWith('.md')
    ? text.matchAll(/^```(tsx?)\n([\s\S]*?)^```$/gm)
    : text.matchAll(/^ \* ```(tsx?)\n([\s\S]*?)^ \* ```$/gm);
  return [...blocks].map(([, kind = '', block = '']) => ({ path, kind, code: block.replaceAll(/^ \* ?/gm, '') }));
});

test('every function and class that an entry point exports has an example', () => {
  const entries = SOURCES.filter((path) => basename(path, '.ts') === basename(dirname(path)));
  const exported = new Set(
    entries.flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/\b(\w+)(?=,|;| \}|\(|:| =)/g)].map(([, name]) => name),
    ),
  );
  const missing = SOURCES.flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(CALLED)]
      .filter(([, comment = '', name]) => exported.has(name ?? '') && !comment.includes('```ts'))
      .filter(([, , name]) => entries.some((entry) => isExportedBy(entry, name ?? '')))
      .map(([, , name]) => `${name} (${path})`),
  );
  // Errors of the program's own and lists of words are caught and read, not called.
  expect(missing.filter((name) => !/^(ConfigurationError|TokenError|PRINCIPAL_TYPES) /.test(name))).toEqual([]);
});

function isExportedBy(entry: string, name: string): boolean {
  const text = readFileSync(join(root, entry), 'utf8');
  return [...text.matchAll(/export (?:\{([^}]*)\}|(?:async )?(?:function|class|const) (\w+))/g)].some(
    ([, list, own]) => own === name || (list ?? '').split(',').some((each) => each.trim() === name),
  );
}

const nameOf = (index: number, path: string) => `${String(index).padStart(2, '0')}-${basename(path, '.ts')}`;

test('every example compiles', { timeout: 60_000 }, async () => {
  expect(EXAMPLES.length).toBeGreaterThan(25);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [index, { path, kind, code }] of EXAMPLES.entries()) {
    writeFileSync(join(folder, `${nameOf(index, path)}.${kind}`), `${code}\nexport {};\n`);
  }
  // An application's own settings, not those of this repository.
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'dom', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    jsx: 'react-jsx',
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', '*.tsx'] }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: root,
  }).catch((failure: { stdout: string }) => failure);
  expect(stdout.replaceAll(relative(root, folder), '')).toBe('');
});

/** The same files, where their issuers and APIs answer: none of them throws, and servers that they start listen. */
test('every example runs', { timeout: 60_000 }, async () => {
  const names = EXAMPLES.map(({ path }, index) => nameOf(index, path));
  const input = Object.fromEntries(
    EXAMPLES.map(({ path, kind }, index) => [nameOf(index, path), join(folder, `${nameOf(index, path)}.${kind}`)]),
  );
  await build({
    input,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    output: { dir: join(folder, 'built'), entryFileNames: '[name].mjs' },
    logLevel: 'silent',
  });
  const runner = join(root, 'sdk/src/run-doc-examples.fixture.ts');
  const files = names.map((name) => join(folder, 'built', `${name}.mjs`));
  const { stdout } = await promisify(execFile)(process.execPath, [runner, ...files], { cwd: root });
  const outcomes = Object.entries<{ outcome: string; printed: string[] }>(JSON.parse(stdout));
  expect(outcomes.filter(([, { outcome }]) => !/^(ended|waits)$/.test(outcome))).toEqual([]);
  // What a comment behind says that it prints.
  const promised = EXAMPLES.map(({ code }) =>
    [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, line]) => line),
  );
  expect(promised.flat()).not.toEqual([]);
  for (const [index, lines] of promised.entries())
    if (lines.length > 0) expect(outcomes[index]?.[1].printed).toEqual(lines);
  // What goes on waiting is on its way to the sign-in page, and nothing else.
  const waiting = outcomes.filter(([, { outcome }]) => outcome === 'waits').map(([file]) => file);
  expect(waiting.every((file) => /browser-client|auth-error|spa/.test(file))).toBe(true);
});

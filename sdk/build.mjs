/**
 * Compiles the package to what is published: plain ESM and declarations in `dist`, with a package.json whose exports point
 * there. `--pack` makes the tarball too, and prints its path. In the repository nothing is built: its own examples import
 * the TypeScript source through the workspace link.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const outputArgument = process.argv.indexOf('--out');
const dist = outputArgument === -1 ? join(here, 'dist') : (process.argv[outputArgument + 1] ?? join(here, 'dist'));
const source = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

/**
 * Frameworks are the caller's own. They stand here and not in package.json because the workspace has them as development
 * dependencies, at one version.
 */
const OPTIONAL_PEERS = {
  '@modelcontextprotocol/sdk': '>=1.20',
  express: '>=4.18',
  fastify: '>=5',
  hono: '>=4',
  kysely: '>=0.27',
  passport: '>=0.6',
  react: '>=18',
  undici: '>=6',
};

rmSync(dist, { recursive: true, force: true });
for (const project of ['tsconfig.build.json', 'tsconfig.build-browser.json']) {
  execFileSync(
    process.execPath,
    [join(here, '../node_modules/typescript/bin/tsc'), '--project', project, '--outDir', dist],
    { cwd: here, stdio: ['ignore', 2, 2] },
  );
}
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(published(), null, 2)}\n`);
for (const [from, to] of [
  [join(here, '../LICENSE'), 'LICENSE'],
  [join(here, 'README.md'), 'README.md'],
]) {
  copyFileSync(from, join(dist, to));
}
if (process.argv.includes('--pack')) {
  const packed = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', dist], {
    cwd: dist,
    encoding: 'utf8',
  });
  process.stdout.write(`${join(dist, JSON.parse(packed)[0].filename)}\n`);
}

function published() {
  const { private: _, devDependencies: __, scripts: ___, exports, dependencies, ...rest } = source;
  return {
    ...rest,
    engines: { node: '>=20' },
    exports: Object.fromEntries(
      Object.entries(exports).map(([entry, path]) => {
        const built = path.replace('./src/', './').replace(/\.ts$/, '');
        return [entry, { types: `${built}.d.ts`, default: `${built}.js` }];
      }),
    ),
    // A range, so that one copy of jose serves the application and this package.
    dependencies: Object.fromEntries(Object.entries(dependencies).map(([name, version]) => [name, `^${version}`])),
    peerDependencies: OPTIONAL_PEERS,
    peerDependenciesMeta: Object.fromEntries(Object.keys(OPTIONAL_PEERS).map((name) => [name, { optional: true }])),
  };
}

// Builds the console when its sources are not those it was built from. Plain JavaScript: runs before anything else does.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'console/dist');
const stamp = join(dist, '.built-from');

/** What ends up in the console: its own files, and what it uses of the SDK. */
const SOURCES = [
  ...['index.html', 'vite.config.ts', 'package.json', 'src', 'public'].map((name) => `console/${name}`),
  'sdk/src/admin',
  'sdk/src/browser',
];
const TEST = /\.(test|fixture)\.tsx?$/;

/** Says so only when it takes work. @returns whether it did */
export async function buildConsole() {
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return false;
  const startedAt = Date.now();
  process.stderr.write('Building the console …\n');
  const { code, output } = await vite(['build', 'console', '--config', 'console/vite.config.ts', '--logLevel', 'warn']);
  if (code !== 0) {
    process.stderr.write(`The console could not be built:\n${output}\n`);
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
  process.stderr.write(`Console built in ${Math.round((Date.now() - startedAt) / 1000)} s.\n`);
  return true;
}

function fingerprint() {
  const hash = createHash('sha256');
  const paths = SOURCES.flatMap((name) => filesAt(join(root, name))).filter((path) => !TEST.test(path));
  for (const path of paths.sort())
    hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  return hash.update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
}

function filesAt(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  const below = readdirSync(path, { recursive: true }).map((name) => join(path, String(name)));
  return below.filter((file) => statSync(file).isFile());
}

function vite(args) {
  // Of the repository, whichever Node runs this: the bundler needs what the lock file names.
  const node = join(root, 'node_modules/.bin/node');
  const child = spawn(
    existsSync(node) ? node : process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), ...args],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('exit', (code) => resolve({ code: code ?? 1, output }));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConsole();

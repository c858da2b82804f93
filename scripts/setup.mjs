// Runs on any Node from 20 on, before anything is installed: plain JavaScript, no dependencies.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledCodeFolder } from '../server/bin/compiled-code.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const pinnedNode = join(root, 'node_modules', '.bin', 'node');
const stamp = join(root, 'node_modules', '.gatehouse-setup');

const NODE_MAJOR_MIN = 20;
const PROGRESS_INTERVAL_MILLISECONDS = 1000;

/** Installs what the lock file names, once for each content of the lock file, and says so only when it takes work. */
export async function setUp() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < NODE_MAJOR_MIN) {
    fail(
      `Gatehouse needs Node ${NODE_MAJOR_MIN} or newer to install itself; this is ${process.version}. Install a newer Node and run the command again.`,
    );
  }
  const wanted = fingerprint();
  if (existsSync(pinnedNode) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  const startedAt = Date.now();
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  const interactive = process.stderr.isTTY;
  process.stderr.write(interactive ? 'Installing dependencies ' : 'Installing dependencies (about half a minute) …\n');
  const ticker = interactive
    ? setInterval(() => process.stderr.write(`\rInstalling dependencies ${elapsed()} `), PROGRESS_INTERVAL_MILLISECONDS)
    : undefined;
  const { code, output } = await npm(['ci', '--loglevel=error', '--no-fund', '--no-audit', '--no-progress']);
  clearInterval(ticker);
  if (code !== 0) fail(`\nnpm ci failed:\n${output}`);
  writeFileSync(stamp, wanted);
  process.stderr.write(`${interactive ? '\r' : ''}Dependencies installed in ${elapsed()}.\n`);
}

/** Runs a program of this repository under the pinned Node; its exit code and signals become ours. */
export function run(args, { env = {} } = {}) {
  const path = `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`;
  const compiled = compiledCodeFolder(process.env);
  const inherited = { ...process.env, PATH: path, ...(compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled }) };
  const child = spawn(pinnedNode, args, { cwd: root, stdio: 'inherit', env: { ...inherited, ...env } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 130)));
}

function fingerprint() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(lock).update(`${process.platform}-${process.arch}`).digest('hex');
}

function npm(args) {
  const cli = process.env.npm_execpath;
  const [command, prefix] = cli === undefined ? ['npm', []] : [process.execPath, [cli]];
  return new Promise((resolve) => {
    const child = spawn(command, [...prefix, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: cli === undefined && process.platform === 'win32',
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('exit', (code) => resolve({ code, output }));
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

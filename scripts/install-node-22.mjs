/** Fetches Node 22 into .cache, for the test that runs the packed SDK under the oldest Node that is kept up. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '22.23.3';

const folder = fileURLToPath(new URL('../.cache/node-22', import.meta.url));
const name = `node-${process.platform}-${process.arch}`;

if (!existsSync(join(folder, 'node_modules', name))) {
  mkdirSync(folder, { recursive: true });
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder];
  const { status } = spawnSync('npm', ['install', ...options, `${name}@${VERSION}`], { stdio: 'inherit' });
  process.exit(status ?? 1);
}

#!/usr/bin/env node
// Starts the command under the pinned Node when the Node that ran this file is another.
import { createRequire, enableCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { compiledCodeFolder } from './compiled-code.mjs';
import { hugePages } from './huge-pages.mjs';

const NODE_MAJOR = 26;
/** For what runs long; a command is over before it matters. */
const lacking = process.argv[2] === 'start' ? hugePages(process.env) : {};
const env = { ...process.env, ...lacking };

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) {
  // The same process, from its beginning: it takes 20 ms, and nothing that watches over it notices.
  if (Object.keys(lacking).length > 0) {
    process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], env);
  }
  const compiled = compiledCodeFolder(process.env);
  if (compiled !== undefined) enableCompileCache?.(compiled);
  // What loading and starting leave behind would make the space for young objects grow, and for ten seconds it would stay so:
  // 50 MB of an idle program. `start` lets it grow once it is ready (src/heap-room.ts).
  if (process.argv[2] === 'start') setFlagsFromString('--semi-space-growth-factor=1');
  await import('../src/gatehouse.ts');
} else {
  const { spawn } = await import('node:child_process');
  const pinned = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
  const child = spawn(pinned, [import.meta.filename ?? new URL(import.meta.url).pathname, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 130));
}

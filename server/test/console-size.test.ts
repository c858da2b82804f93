/** How much a browser has to load before the console stands: bounded, and said. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { repositoryRoot } from './source-tree.ts';

const ASSETS = join(repositoryRoot, 'console/dist/assets');
const INITIAL_BYTES_MAX = 300_000;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [join(repositoryRoot, 'scripts/build-console.mjs')]);
}, 120_000);

/** What a script loads at once: its static imports, and the first screen's. */
function reach(name: string, known: Set<string>): Set<string> {
  if (known.has(name)) return known;
  known.add(name);
  const text = readFileSync(join(ASSETS, name), 'utf8');
  for (const [, to = ''] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) reach(to, known);
  return known;
}

test('the initial script stays small', () => {
  const page = readFileSync(join(repositoryRoot, 'console/dist/index.html'), 'utf8');
  const entry = /src="\/console\/assets\/([\w.-]+)"/.exec(page)?.[1] ?? '';
  const app = readdirSync(ASSETS).find((name) => /^draw-console-.*\.js$/.test(name)) ?? '';
  const scripts = new Set([...reach(entry, new Set()), ...reach(app, new Set())]);
  const bytes = [...scripts].reduce((sum, name) => {
    const path = join(ASSETS, name);
    return sum + statSync(statSync(path).size < 1024 ? path : `${path}.gz`).size;
  }, 0);
  console.info(`console: ${Math.round(bytes / 1000)} kB of script, compressed, in ${scripts.size} files`);
  expect(bytes).toBeLessThan(INITIAL_BYTES_MAX);
});

test('nothing is kept in the page that its policy would refuse', () => {
  const page = readFileSync(join(repositoryRoot, 'console/dist/index.html'), 'utf8');
  expect(page).not.toMatch(/<style|\son\w+=|javascript:|style=/);
  expect([...page.matchAll(/<script[^>]*>([^<]*)<\/script>/g)].map(([, text]) => text?.trim())).toEqual(['']);
});

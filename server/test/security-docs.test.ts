/** What the security documents point at is there: a file that was renamed takes its line along. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from './source-tree.ts';

const DOCUMENTS = ['docs/security/rfc9700.md', 'docs/security/asvs-oauth.md', 'docs/security/asvs.md'];
/** In code marks, and with a slash: `oauth/grants/grant.ts`. */
const PATHS = /`((?:[\w-]+\/)+[\w.-]+\.ts)`/g;

const placeOf = (path: string) => join(repositoryRoot, 'server', path.startsWith('test/') ? path : `src/${path}`);

test.each(DOCUMENTS)('%s names files that exist', (document) => {
  const text = readFileSync(join(repositoryRoot, document), 'utf8');
  const paths = [...new Set([...text.matchAll(PATHS)].map(([, path = '']) => path))];
  expect(paths.length).toBeGreaterThan(30);
  expect(paths.filter((path) => !existsSync(placeOf(path)))).toEqual([]);
});

test('every requirement of V6 and V7 has a line, which names a test or says why there is none', () => {
  const text = readFileSync(join(repositoryRoot, 'docs/security/asvs.md'), 'utf8');
  const counts = { 6.1: 3, 6.2: 12, 6.3: 8, 6.4: 6, 6.5: 8, 6.6: 4, 6.7: 2, 6.8: 4 };
  const later = { 7.1: 3, 7.2: 4, 7.3: 2, 7.4: 5, 7.5: 3, 7.6: 2 };
  const wanted = Object.entries({ ...counts, ...later }).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, index) => `${section}.${index + 1}`),
  );
  const lines = new Map(
    [...text.matchAll(/^\| ([67]\.\d+\.\d+) \(L[123]\) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
      ([, id = '', standing = '', , tests = '']) => [id, { standing, tests }] as const,
    ),
  );
  expect([...lines.keys()]).toEqual(wanted);
  const standings = new Set([...lines.values()].map(({ standing }) => standing));
  expect([...standings].sort()).toEqual(['by policy', 'does not apply', 'in part', 'met']);
  const untested = [...lines].filter(([, { tests }]) => !/`[\w/-]+\.test\.ts`/.test(tests));
  expect(untested.filter(([, { standing }]) => standing !== 'does not apply').map(([id]) => id)).toEqual([]);
});

test('every requirement of V9 and V10 has a line', () => {
  const text = readFileSync(join(repositoryRoot, 'docs/security/asvs-oauth.md'), 'utf8');
  const counts = { 9.1: 3, 9.2: 4, '10.1': 2, 10.2: 3, 10.3: 5, 10.4: 16, 10.5: 5, 10.6: 2, 10.7: 3 };
  const wanted = Object.entries(counts).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, index) => `${section}.${index + 1}`),
  );
  expect(wanted.filter((id) => !text.includes(`| ${id} (L`))).toEqual([]);
});

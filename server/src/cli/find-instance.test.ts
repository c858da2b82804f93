import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findInstance } from './find-instance.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Setting = { left?: string; GATEHOUSE_DATA_FOLDER?: string };

function put(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}

function putCredential(path: string, content: unknown, mode = 0o600): void {
  put(path, JSON.stringify(content));
  chmodSync(path, mode);
}

const local = { url: 'http://localhost:7700', token: 'local-token' };
const login = { url: 'https://auth.example.com', token: 'login-token' };
const find = (flags = {}, environment: NodeJS.ProcessEnv = {}) =>
  findInstance(flags, {
    environment: { XDG_CONFIG_HOME: join(folder, 'config'), ...environment },
    workingFolder: join(folder, 'a/b'),
  });

describe('an instance is found', () => {
  test('in the data folder of a folder above', () => {
    putCredential(join(folder, 'gatehouse-data/local-admin.json'), local);
    expect(find()).toEqual({ ...local, source: 'local' });
  });

  test('in a named data folder', () => {
    putCredential(join(folder, 'elsewhere/local-admin.json'), local);
    expect(find({ dataFolder: join(folder, 'elsewhere') })).toEqual({ ...local, source: 'local' });
  });

  test.each([
    ['relative to the file', 'dataFolder: ../var', {}, 'a/var'],
    ['that is where one looks anyway', 'issuer: http://localhost:7700', {}, 'gatehouse-data'],
    ['of an empty file', '# nothing yet', {}, 'gatehouse-data'],
    ['before one that stands about', 'dataFolder: ../var', { left: 'gatehouse-data' }, 'a/var'],
    ['after the environment', 'dataFolder: ../var', { left: 'a/var', GATEHOUSE_DATA_FOLDER: '../../other' }, 'other'],
    ['an empty variable is none', 'dataFolder: ../var', { GATEHOUSE_DATA_FOLDER: '' }, 'a/var'],
  ])(
    'in the data folder of the configuration in this folder: %s',
    (_, yaml, { left, ...environment }: Setting, found) => {
      put(join(folder, 'a/b/gatehouse.yaml'), yaml);
      if (left !== undefined) putCredential(join(folder, left, 'local-admin.json'), { ...local, token: 'another' });
      putCredential(join(folder, found, 'local-admin.json'), local);
      expect(find({}, environment)).toEqual({ ...local, source: 'local' });
    },
  );

  test('by --data-folder, whatever is wrong with the configuration', () => {
    put(join(folder, 'a/b/gatehouse.yaml'), 'dataFolder: [');
    putCredential(join(folder, 'elsewhere/local-admin.json'), local);
    expect(find({ dataFolder: '../../elsewhere' })).toEqual({ ...local, source: 'local' });
  });

  test('in the environment, before the data folder', () => {
    putCredential(join(folder, 'gatehouse-data/local-admin.json'), local);
    const environment = { GATEHOUSE_URL: 'https://other.example', GATEHOUSE_TOKEN: 'environment-token' };
    expect(find({}, environment)).toEqual({
      url: 'https://other.example',
      token: 'environment-token',
      source: 'environment',
    });
  });

  test('by the last login, after the data folder', () => {
    putCredential(join(folder, 'config/gatehouse/login.json'), login);
    expect(find()).toEqual({ ...login, source: 'login' });
  });

  test('by --url among those there are', () => {
    putCredential(join(folder, 'gatehouse-data/local-admin.json'), local);
    putCredential(join(folder, 'config/gatehouse/login.json'), login);
    expect(find({ url: 'https://auth.example.com/' })).toEqual({ ...login, source: 'login' });
  });
});

test.each(['http://127.0.0.1:7700', 'http://localhost:7700/', 'http://[::1]:7700'])(
  'a --url may give this machine another name (%s), and is not where things are sent',
  (url) => {
    putCredential(join(folder, 'gatehouse-data/local-admin.json'), local);
    expect(find({ url })).toEqual({ ...local, source: 'local' });
  },
);

describe('no token leaves for the wrong place', () => {
  test.each([
    'https://evil.example',
    'http://evil.example:7700',
    'http://localhost:7701',
    'https://localhost:7700',
    'http://localhost.evil.example:7700',
    'not a url',
  ])('a --url nobody gave a credential for: %s', (url) => {
    putCredential(join(folder, 'gatehouse-data/local-admin.json'), local);
    expect(() => find({ url })).toThrow(expect.objectContaining({ code: 'instance_not_found' }));
  });

  test.each([0o644, 0o640, 0o666])('a credential file of mode %o', (mode) => {
    putCredential(join(folder, 'gatehouse-data/local-admin.json'), local, mode);
    expect(() => find()).toThrow(expect.objectContaining({ code: 'credential_file_unsafe' }));
  });

  test.each([{ url: 'not a url', token: 'x' }, { url: 'http://localhost' }, { ...local, extra: 1 }])(
    'a credential file with %j',
    (content) => {
      putCredential(join(folder, 'gatehouse-data/local-admin.json'), content);
      expect(() => find()).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    },
  );

  test.each([
    ['dataFolder: [', /gatehouse\.yaml:1:\d+ .*Mend it/],
    ['dataFolder: 7', /must be the path of a folder/],
    ['dataFolder: ""', /must be the path of a folder/],
    ['- dataFolder', /must be a set of fields/],
    ['dataFolder: a\ndataFolder: b', /gatehouse\.yaml:2:1 .*Map keys must be unique/],
    ['dataFolder: *gone', /gatehouse\.yaml/],
    ['dataFolder: !!binary x', /gatehouse\.yaml/],
  ])('a configuration that says %j', (yaml, message) => {
    put(join(folder, 'a/b/gatehouse.yaml'), yaml);
    putCredential(join(folder, 'gatehouse-data/local-admin.json'), local);
    putCredential(join(folder, 'config/gatehouse/login.json'), login);
    expect(() => find()).toThrow(
      expect.objectContaining({ code: 'data_folder_unknown', message: expect.stringMatching(message) }),
    );
  });

  test('the data folder of the configuration has none: not that of a folder above', () => {
    put(join(folder, 'a/b/gatehouse.yaml'), 'dataFolder: ./var');
    putCredential(join(folder, 'gatehouse-data/local-admin.json'), local);
    expect(() => find()).toThrow(expect.objectContaining({ code: 'instance_not_found' }));
  });

  test('nothing at all', () => {
    expect(() => find()).toThrow(expect.objectContaining({ code: 'instance_not_found' }));
  });
});

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

function putCredential(path: string, content: unknown, mode = 0o600): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
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

describe('no token leaves for the wrong place', () => {
  test('a --url nobody gave a credential for', () => {
    putCredential(join(folder, 'gatehouse-data/local-admin.json'), local);
    expect(() => find({ url: 'https://evil.example' })).toThrow(
      expect.objectContaining({ code: 'instance_not_found' }),
    );
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

  test('nothing at all', () => {
    expect(() => find()).toThrow(expect.objectContaining({ code: 'instance_not_found' }));
  });
});

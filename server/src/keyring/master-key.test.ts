import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { systemRandom } from '#base';
import { type MasterKeySource, readMasterKey } from './master-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-master-key-'));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (source: MasterKeySource, create = false) => readMasterKey(source, { random: systemRandom, create });
const bytes = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff', 'hex');

const fromEnvironment = (text: string | undefined): MasterKeySource => ({
  kind: 'environment',
  variable: 'GATEHOUSE_MASTER_KEY',
  environment: { GATEHOUSE_MASTER_KEY: text },
});

const fromCommand = (program: string): MasterKeySource => ({
  kind: 'command',
  command: [process.execPath, '-e', program],
});

describe('a key is the same key however it is written', () => {
  test.for([
    ['base64', bytes.toString('base64')],
    ['base64 without padding', bytes.toString('base64').replace('=', '')],
    ['base64url', bytes.toString('base64url')],
    ['hexadecimal', bytes.toString('hex')],
    ['upper-case hexadecimal', bytes.toString('hex').toUpperCase()],
    ['a line end behind it', `${bytes.toString('base64')}\n`],
  ] as const)('%s', async ([, text]) => {
    const { id, secret } = await read(fromEnvironment(text));
    expect(secret.export()).toEqual(bytes);
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(id).toBe((await read(fromEnvironment(bytes.toString('hex')))).id);
  });
});

describe('refused', () => {
  test.for([
    ['not set', undefined, 'master_key_missing'],
    ['empty', '', 'master_key_missing'],
    ['a space', ' ', 'master_key_invalid'],
    ['too short', Buffer.alloc(31, 'ab').toString('base64'), 'master_key_invalid'],
    ['too long', Buffer.alloc(33, 'ab').toString('base64'), 'master_key_invalid'],
    ['a passphrase', 'correct horse battery staple', 'master_key_invalid'],
    ['63 digits', 'ab'.repeat(32).slice(1), 'master_key_invalid'],
    ['one byte repeated', Buffer.alloc(32).toString('base64'), 'master_key_invalid'],
  ] as const)('%s', async ([, text, code]) => {
    const error = await read(fromEnvironment(text)).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code });
    if (text !== undefined && text.trim() !== '') expect(String(error)).not.toContain(text);
  });
});

describe('a file', () => {
  test('is created once, for its owner alone, with a new key each time', async () => {
    const path = join(folder, 'deep', 'master.key');
    const first = await read({ kind: 'file', path }, true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['master.key']);
    expect((await read({ kind: 'file', path }, true)).id).toBe(first.id);
    expect((await read({ kind: 'file', path: join(folder, 'other.key') }, true)).id).not.toBe(first.id);
  });

  test('two that create it together read the same key', async () => {
    const path = join(folder, 'raced.key');
    const keys = await Promise.all(Array.from({ length: 8 }, () => read({ kind: 'file', path }, true)));
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
  });

  test('is not created when that is not allowed', async () => {
    const path = join(folder, 'absent.key');
    await expect(read({ kind: 'file', path })).rejects.toMatchObject({
      code: 'master_key_missing',
      message: expect.stringContaining(path),
    });
    expect(readdirSync(folder)).not.toContain('absent.key');
  });

  test.for([0o640, 0o604, 0o644, 0o666, 0o620])('with mode %o is refused', async (mode) => {
    const path = join(folder, `mode-${mode.toString(8)}.key`);
    writeFileSync(path, bytes.toString('base64'));
    chmodSync(path, mode);
    await expect(read({ kind: 'file', path })).rejects.toMatchObject({
      code: 'master_key_exposed',
      message: expect.stringContaining(`chmod 600 ${path}`),
    });
  });

  test.for([0o600, 0o400])('with mode %o is accepted', async (mode) => {
    const path = join(folder, `mode-${mode.toString(8)}.key`);
    writeFileSync(path, bytes.toString('base64'));
    chmodSync(path, mode);
    expect((await read({ kind: 'file', path })).secret.export()).toEqual(bytes);
  });

  test('that is something else is refused, and left as it is', async () => {
    const path = join(folder, 'novel.txt');
    writeFileSync(path, 'x'.repeat(5000), { mode: 0o600 });
    await expect(read({ kind: 'file', path }, true)).rejects.toMatchObject({ code: 'master_key_invalid' });
    expect(readFileSync(path, 'utf8')).toBe('x'.repeat(5000));
  });
});

describe('a command', () => {
  test('prints the key', async () => {
    const { secret } = await read(fromCommand(`console.log('${bytes.toString('base64')}')`));
    expect(secret.export()).toEqual(bytes);
  });

  test.for([
    ['fails', 'process.stdout.write("c2VjcmV0"); process.exit(3)', 'master_key_command_failed'],
    ['prints nothing', '', 'master_key_invalid'],
    ['prints too much', 'console.log("c2VjcmV0".repeat(1e4))', 'master_key_command_failed'],
  ] as const)('that %s is refused without a word of its output', async ([, program, code]) => {
    const error = await read(fromCommand(program)).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code });
    expect(`${error} ${JSON.stringify(error)}`).not.toContain('c2VjcmV0');
  });

  test('that does not exist is refused', async () => {
    await expect(read({ kind: 'command', command: ['/nowhere/print-key'] })).rejects.toMatchObject({
      code: 'master_key_command_failed',
    });
  });
});

/** A backup of a running instance, restored into a new folder, is that instance: same credentials, same configuration. */
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '#testing';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { everyKind } from './every-kind.ts';
import { type Program, runCommand, startProgram } from './running-program.ts';

const PASSPHRASE = 'nine quiet harbours at dawn';

let upstream: EchoUpstream;
let program: Program;
let folder: string;
let apiKey: string;
let exported: string;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  upstream = await startEchoUpstream();
  folder = await temporaryFolder();
  program = await startProgram();
  await program.admin('POST', '/apply', everyKind(upstream.url));
  apiKey = (await program.issueKey({ plan: 'plenty' })).key;
  exported = await program.exportYaml();
  writeFileSync(file('passphrase'), `${PASSPHRASE}\n`);
  writeFileSync(file('wrong-passphrase'), 'nine quiet harbours at dusk');
  expect(await program.cli('backup', file('plain'))).toMatchObject({ code: 0 });
  expect(await program.cli('backup', file('sealed'), '--passphrase-file', file('passphrase'))).toMatchObject({
    code: 0,
  });
  // What comes after the backup is not in it.
  await program.issueKey({ name: 'too-late' });
});
afterAll(async () => {
  await program?.remove();
  await upstream?.close();
  await rm(folder, { recursive: true, force: true });
});

function restore(backup: string, target: string, ...more: string[]) {
  return runCommand(folder, ['restore', file(backup), '--data-folder', join(target, 'data'), ...more]);
}

test.each<[name: string, passphrase: string[], master: 'restored' | 'by hand']>([
  ['plain', [], 'by hand'],
  ['sealed', ['--passphrase-file', 'passphrase'], 'restored'],
])('%s: restored and started, it is the same', async (name, passphrase, master) => {
  const target = await temporaryFolder();
  const { code, stderr, stdout } = await restore(name, target, ...passphrase);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
  const masterKey = join(target, 'data', 'master.key');
  expect(existsSync(masterKey)).toBe(master === 'restored');
  if (master === 'by hand') {
    expect(stderr).toMatch(/no master key/);
    copyFileSync(join(program.dataFolder, 'master.key'), masterKey);
  }
  expect(readFileSync(masterKey, 'utf8')).toBe(readFileSync(join(program.dataFolder, 'master.key'), 'utf8'));
  expect(statSync(masterKey).mode & 0o077).toBe(0);
  const restored = await startProgram({ folder: target });
  try {
    const headers = { 'x-api-key': apiKey };
    expect((await fetch(`${restored.gatewayUrl}/things/one`, { headers })).status).toBe(200);
    expect(await restored.exportYaml()).toBe(exported);
    expect(await restored.cli('audit', 'verify')).toMatchObject({ code: 0 });
    const { items: keys } = (await restored.admin('GET', '/keys')) as { items: { name: string }[] };
    expect(keys.map((key) => key.name)).not.toContain('too-late');
  } finally {
    await restored.remove();
  }
});

describe('refused, and nothing is left behind', () => {
  beforeAll(() => {
    const flip = (name: string, at: (size: number) => number) => {
      const bytes = readFileSync(file(name));
      const position = at(bytes.length);
      bytes[position] = (bytes[position] ?? 0) ^ 1;
      return bytes;
    };
    writeFileSync(
      file('plain-flipped'),
      flip('plain', (size) => Math.floor(size / 2)),
    );
    writeFileSync(
      file('plain-flipped-end'),
      flip('plain', (size) => size - 1),
    );
    writeFileSync(
      file('sealed-flipped'),
      flip('sealed', (size) => Math.floor(size / 2)),
    );
    writeFileSync(file('plain-cut'), readFileSync(file('plain')).subarray(0, -1000));
    writeFileSync(file('sealed-cut'), readFileSync(file('sealed')).subarray(0, -1000));
    writeFileSync(file('text'), 'hello, I am no backup');
    writeFileSync(file('empty'), '');
  });

  test.each<[name: string, backup: string, passphraseFile: string | undefined, told: RegExp]>([
    ['a wrong passphrase', 'sealed', 'wrong-passphrase', /passphrase does not open/],
    ['no passphrase', 'sealed', undefined, /encrypted/],
    ['a byte flipped in the middle', 'plain-flipped', undefined, /damaged/],
    ['a byte flipped at the end', 'plain-flipped-end', undefined, /damaged/],
    ['a byte flipped in an encrypted one', 'sealed-flipped', 'passphrase', /damaged/],
    ['cut short', 'plain-cut', undefined, /damaged/],
    ['an encrypted one cut short', 'sealed-cut', 'passphrase', /damaged/],
    ['another file', 'text', undefined, /not a Gatehouse backup/],
    ['an empty file', 'empty', undefined, /not a Gatehouse backup/],
    ['a file that is not there', 'nowhere', undefined, /nowhere/],
    ['a passphrase file that is not there', 'sealed', 'nowhere', /nowhere/],
  ])('%s', async (_name, backup, passphraseFile, told) => {
    const target = join(folder, `target-${Math.random()}`);
    await mkdir(target, { mode: 0o711 });
    const options = passphraseFile === undefined ? [] : ['--passphrase-file', passphraseFile];
    const { code, stdout, stderr } = await restore(backup, target, ...options);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(told) });
    expect(stderr).not.toMatch(/\n\s+at /);
    const left = existsSync(join(target, 'data')) ? readdirSync(join(target, 'data')) : [];
    expect(left).toEqual([]);
  });

  test('over a folder that is in use', async () => {
    const before = await program.exportYaml();
    const { code, stderr } = await runCommand(folder, ['restore', file('plain'), '--data-folder', program.dataFolder]);
    expect({ code, stderr }).toMatchObject({ code: 6 });
    expect(await program.exportYaml()).toBe(before);
  });

  test('a backup over a file that exists', async () => {
    const { code, stderr } = await program.cli('backup', file('plain'));
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/exists/) });
  });
});

test('whoever can read everything but is no administrator can not take a backup', async () => {
  const { key } = await program.issueKey({ name: 'viewer', scopes: [], roles: ['viewer'] });
  const response = await fetch(`${program.issuer}/api/v1/backup`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(response.status).toBe(403);
});

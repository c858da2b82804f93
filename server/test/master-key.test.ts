/** `gatehouse master-key rotate` on a real data folder: everything stays usable, and a broken-off run is taken up again. */
import { copyFileSync, readFileSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger, systemClock, systemRandom } from '#base';
import { temporaryFolder } from '#testing';
import { loadConfiguration } from '../src/configuration/configuration.ts';
import { openFoundation, type Process } from '../src/foundation.ts';
import { rotateMasterKey } from '../src/rotate-master-key.ts';

const TENANT = 'ten_00000000000000000000000000';
const folder = await temporaryFolder();
const file = join(folder, 'master.key');
const configuration = loadConfiguration({ workingFolder: folder, environment: {}, dataFolder: folder });
const started: Process = {
  configuration,
  clock: systemClock,
  random: systemRandom,
  log: createLogger({ level: 'silent' }),
};

/** The signing keys are sealed: a token signed by the one that was there before proves that it still opens. */
async function signingKeyId(): Promise<string | undefined> {
  const foundation = await openFoundation(started);
  try {
    await foundation.signingKeys.ensure(TENANT);
    await foundation.signingKeys.sign(TENANT, {}, { typ: 'test' });
    return foundation.signingKeys.list(TENANT)[0]?.id;
  } finally {
    await foundation.close();
  }
}

let before: string | undefined;
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeAll(async () => {
  before = await signingKeyId();
});

test('everything opens under the new key, and no more under the old one', async () => {
  const old = readFileSync(file, 'utf8');
  const { masterKeyId, path, previous } = await rotateMasterKey(started, {}, undefined);
  expect({ masterKeyId, path, previous }).toEqual({
    masterKeyId: expect.stringMatching(/^[0-9a-f]{16}$/),
    path: file,
    previous: `${file}.previous`,
  });
  expect(readFileSync(`${file}.previous`, 'utf8')).toBe(old);
  expect(await signingKeyId()).toBe(before);
  renameSync(file, `${file}.new`);
  copyFileSync(`${file}.previous`, file);
  await expect(signingKeyId()).rejects.toMatchObject({ code: 'master_key_wrong' });
  renameSync(`${file}.new`, file);
});

test('broken off after the sealing, it goes on where it was', async () => {
  const { masterKeyId } = await rotateMasterKey(started, {}, undefined);
  // As it looks when the power went before the files got their names.
  renameSync(file, `${file}.next`);
  copyFileSync(`${file}.previous`, file);
  expect((await rotateMasterKey(started, {}, undefined)).masterKeyId).toBe(masterKeyId);
  expect(await signingKeyId()).toBe(before);
});

test('to a key that is kept in the environment, and back to nothing wrong when it is missing', async () => {
  await expect(rotateMasterKey(started, {}, 'NEXT')).rejects.toMatchObject({ code: 'master_key_missing' });
  expect(await signingKeyId()).toBe(before);
  const NEXT = Buffer.from(systemRandom.bytes(32)).toString('base64');
  await rotateMasterKey(started, { NEXT }, 'NEXT');
  await expect(signingKeyId()).rejects.toMatchObject({ code: 'master_key_wrong' });
});

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { temporaryFolder } from '#testing';
import { commandLine } from '../command-line.fixture.ts';

const wire = commandLine();
afterEach(() => {
  process.exitCode = undefined;
});

/** An instance that runs on a data folder of its own, and the configuration that names it. */
async function instanceOf(url: string) {
  const dataFolder = await temporaryFolder();
  const path = join(dataFolder, 'local-admin.json');
  writeFileSync(path, JSON.stringify({ url, token: 'local' }));
  chmodSync(path, 0o600);
  const report = { dataFolder, issuer: url, database: join(dataFolder, 'postgres'), engine: 'embedded PostgreSQL' };
  return { dataFolder, local: { checkConfiguration: async () => report } };
}
const instanceIn = (out: string) => out.split('\n').find((line) => line.includes(' instance '));

test('the instance of a configuration that is named is the one that is asked', async () => {
  wire.answers = { 'GET /readyz': { body: {} } };
  const { local } = await instanceOf(wire.url);
  const { out } = await wire.run(['doctor', '--config', 'elsewhere.yaml'], { local, environment: {} });
  expect(instanceIn(out)).toContain(wire.url);
  expect(wire.asked).toMatchObject([{ url: '/readyz' }]);
});

test('without one none is found here', async () => {
  const { local } = await instanceOf(wire.url);
  const { out } = await wire.run(['doctor'], { local, environment: { XDG_CONFIG_HOME: '/nonexistent' } });
  expect(instanceIn(out)).toContain('No Gatehouse was found');
  expect(wire.asked).toEqual([]);
});

test('a named configuration that is bad: nothing is asked, and why is said', async () => {
  const local = {
    checkConfiguration: async () => Promise.reject(new TypeError('elsewhere.yaml could not be read.')),
  };
  const { out } = await wire.run(['doctor', '--config', 'elsewhere.yaml'], { local, environment: {} });
  expect(instanceIn(out)).toContain('elsewhere.yaml could not be read');
  expect(wire.asked).toEqual([]);
});

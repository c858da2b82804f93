/**
 * What `npm run example <name>` does: starts a Gatehouse of its own in a folder that goes when it ends, applies the example's
 * gatehouse.yaml, and starts the example.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { createAdminClient } from '@gatehouse/sdk/admin';
import pg from 'pg';
import { load, processOf, untilStopped } from '../server/src/local-commands.ts';
import { startGatehouse } from '../server/src/main.ts';
import { temporaryFolder } from '../server/testing/temporary-folder.ts';
import type { DatabaseAddress, ExampleSetting, Person, StartExample } from './example-setting.ts';

const EXAMPLES = fileURLToPath(new URL('../examples', import.meta.url));
const { values, positionals } = parseArgs({
  options: { config: { type: 'string', short: 'c' }, port: { type: 'string', default: '7910' } },
  allowPositionals: true,
});
const [name = ''] = positionals;
const folder = join(EXAMPLES, name);
if (name === '' || !existsSync(join(folder, 'example.ts'))) {
  const names = readdirSync(EXAMPLES).filter((each) => existsSync(join(EXAMPLES, each, 'example.ts')));
  process.stderr.write(`There is no example '${name}'. There are: ${names.join(', ')}.\n`);
  process.exit(2);
}

const dataFolder = await temporaryFolder();
const { config } = values;
const configuration = load(config === undefined ? { dataFolder: join(dataFolder, 'data') } : { config });
const gatehouse = await startGatehouse(processOf({ ...configuration, log: { level: 'warn' } }));
try {
  const { start }: { start: StartExample } = await import(pathToFileURL(join(folder, 'example.ts')).href);
  const example = await start(await prepare());
  process.stdout.write(`${example.welcome.trim()}\n\nStop with Ctrl-C.\n`);
  await untilStopped();
  await example.close();
} finally {
  await gatehouse.close();
  await rm(dataFolder, { recursive: true, force: true });
}

async function prepare(): Promise<ExampleSetting> {
  const { controlUrl = '', gatewayUrl = '', issuer } = gatehouse;
  const { token } = JSON.parse(readFileSync(join(configuration.dataFolder, 'local-admin.json'), 'utf8'));
  const admin = createAdminClient({ baseUrl: controlUrl, token: () => token });
  const port = Number(values.port);
  // Written for the usual ports. A test runs on others.
  const yaml = readFileSync(join(folder, 'gatehouse.yaml'), 'utf8')
    .replaceAll('http://localhost:7700', issuer)
    .replaceAll('http://localhost:7800', gatewayUrl)
    // Where `npm start` runs the weather API; here it is an example like the others.
    .replaceAll(':7900', `:${port}`)
    .replaceAll(/:791(\d)/g, (_, digit: string) => `:${port + Number(digit)}`);
  await admin.post('/api/v1/apply', { body: yaml });
  return { issuer, gatewayUrl, admin, port, addPerson: (person) => addPerson(admin, person), createDatabase };
}

/** As its owner, through the socket in the data folder. */
async function createDatabase(database: string, sql: string, role: string): Promise<DatabaseAddress> {
  const owner = { host: join(configuration.dataFolder, 'postgres'), port: 5432, user: 'gatehouse' };
  await query({ ...owner, database: 'gatehouse' }, `create database ${pg.escapeIdentifier(database)}`);
  await query({ ...owner, database }, sql);
  return { ...owner, database, options: `-c role=${role}` };
}

async function query(address: DatabaseAddress, sql: string): Promise<void> {
  const client = new pg.Client(address);
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** By import, which takes a hash: the password itself is told to nobody but the reader of the terminal. */
async function addPerson(
  admin: ExampleSetting['admin'],
  { email, name, roles = [] }: Parameters<ExampleSetting['addPerson']>[0],
): Promise<Person> {
  const key = createHash('sha256').update(email).digest('hex');
  const password = randomBytes(9).toString('base64url');
  const salt = randomBytes(8);
  const digest = createHash('sha256').update(password).update(salt).digest();
  const passwordHash = `{SSHA256}${Buffer.concat([digest, salt]).toString('base64')}`;
  const { data: begun } = await admin.post('/api/v1/user-imports', { body: { key, format: 'ndjson' } });
  const record = { email, name, emailVerified: true, passwordHash };
  const params = { id: begun.id };
  const { data } = await admin.post('/api/v1/user-imports/{id}/records', {
    params,
    body: { from: 0, records: [record] },
  });
  if (data.created !== 1) throw new TypeError(`${email}: ${JSON.stringify(data.errors)}`);
  const found = await admin.get('/api/v1/users', { query: { search: email } });
  const id = found.data.items[0]?.id ?? '';
  if (roles.length > 0) await admin.patch('/api/v1/users/{id}', { params: { id }, body: { roles }, ifMatch: '*' });
  return { id, email, password };
}

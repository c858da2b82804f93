/** People come over from elsewhere with their passwords, in one command that can be broken off. */
import { spawn } from 'node:child_process';
import { createCipheriv, createHash, pbkdf2Sync, randomBytes, scryptSync } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser, hiddenFields } from './browser.ts';
import { type Program, startProgram } from './running-program.ts';
import { repositoryRoot } from './source-tree.ts';

/** 2,000 in every run; 100,000 were run by hand. */
const PEOPLE = Number(process.env.GATEHOUSE_TEST_IMPORT_PEOPLE ?? 2_000);
const { hashSync: argon2 } = createRequire(import.meta.url)('@node-rs/argon2');
const { hashSync: bcrypt } = createRequire(import.meta.url)('@node-rs/bcrypt');

const SIGNER = { signerKey: randomBytes(64), saltSeparator: Buffer.from('Bw==', 'base64') };
const b64 = (bytes: Buffer) => bytes.toString('base64');
const digested = (name: string, text: Buffer) => createHash(name).update(text).digest();

/** As other systems make them, cheaply: what is tested is that they are read. */
const HASHES: Readonly<Record<string, (password: string) => unknown>> = {
  argon2id: (password) => argon2(password, { memoryCost: 64, timeCost: 1 }),
  bcrypt: (password) => bcrypt(password, { cost: 4 }),
  scrypt(password) {
    const salt = randomBytes(16);
    const hash = scryptSync(password, salt, 32, { N: 256, r: 8, p: 1 });
    return { algorithm: 'scrypt', cost: 256, blockSize: 8, parallelization: 1, salt: b64(salt), hash: b64(hash) };
  },
  firebase(password) {
    const salt = randomBytes(10);
    const key = scryptSync(password, Buffer.concat([salt, SIGNER.saltSeparator]), 32, { N: 256, r: 8, p: 1 });
    const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
    const hash = Buffer.concat([cipher.update(SIGNER.signerKey), cipher.final()]);
    const { signerKey, saltSeparator } = SIGNER;
    return {
      algorithm: 'firebase_scrypt',
      signerKey: b64(signerKey),
      saltSeparator: b64(saltSeparator),
      rounds: 8,
      memCost: 8,
      salt: b64(salt),
      hash: b64(hash),
    };
  },
  ...Object.fromEntries(
    ['sha1', 'sha256', 'sha512'].map((digest) => [
      `pbkdf2-${digest}`,
      (password: string) => {
        const salt = randomBytes(16);
        return `$pbkdf2-${digest}$i=100$${b64(salt)}$${b64(pbkdf2Sync(password, salt, 100, 32, digest))}`;
      },
    ]),
  ),
  ...Object.fromEntries(
    ['md5', 'sha1', 'sha256', 'sha512'].map((digest) => [
      `salted-${digest}`,
      (password: string) => {
        const salt = randomBytes(8);
        const scheme = digest === 'sha1' ? 'SSHA' : `S${digest.toUpperCase()}`;
        return `{${scheme}}${b64(Buffer.concat([digested(digest, Buffer.concat([Buffer.from(password), salt])), salt]))}`;
      },
    ]),
  ),
};
const KINDS = Object.keys(HASHES);
const kindOf = (index: number) => KINDS[index % KINDS.length] ?? '';
const emailOf = (index: number) => `person${index}@example.com`;
const passwordOf = (index: number) => `old password ${index} of ${kindOf(index)}`;

let program: Program;
let file = '';
beforeAll(async () => {
  program = await startProgram();
  file = join(program.folder, 'people.ndjson');
  const out = createWriteStream(file);
  for (let index = 0; index < PEOPLE; index += 1) {
    const passwordHash = HASHES[kindOf(index)]?.(passwordOf(index));
    const person = { email: emailOf(index), name: `Person ${index}`, passwordHash };
    if (!out.write(`${JSON.stringify(index === 700 ? { ...person, email: 'none' } : person)}\n`))
      await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}, 300_000);
afterAll(() => program?.remove());

test('an import that is killed goes on where it stopped, and adds nobody twice', { timeout: 900_000 }, async () => {
  const cli = join(repositoryRoot, 'server/bin/gatehouse.mjs');
  const killed = spawn(process.execPath, [cli, 'users', 'import', file, '--data-folder', program.dataFolder], {
    stdio: 'ignore',
  });
  const ended = once(killed, 'close');
  await program.until(async () => killed.exitCode !== null || (await people()) > 0, 'the first are there');
  killed.kill('SIGKILL');
  await ended;
  expect(await people()).toBeLessThan(PEOPLE - 1);
  const startedAt = performance.now();
  const errors = join(program.folder, 'errors.ndjson');
  const done = await program.cli('users', 'import', file, '--json', '--errors', errors);
  const seconds = (performance.now() - startedAt) / 1000;
  expect(done.stderr).toContain('are done already');
  expect(JSON.parse(done.stdout)).toMatchObject({ recordsDone: PEOPLE, created: PEOPLE - 1, failed: 1 });
  expect(done.code).toBe(1);
  expect(readFileSync(errors, 'utf8')).toMatch(/^\{"record":701,"line":701,"code":"invalid_input"/);
  expect(await people()).toBe(PEOPLE - 1);
  if (PEOPLE > 10_000)
    console.info(`${PEOPLE} people: ${seconds.toFixed(1)} s, server ${residentMegabytes()} MB resident`);
  const again = await program.cli('users', 'import', file, '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ created: PEOPLE - 1 });
  expect(await people()).toBe(PEOPLE - 1);
});

test.each(KINDS)('%s: the old password signs in, another does not, and argon2id takes its place', async (kind) => {
  const index = KINDS.indexOf(kind);
  const stored = () =>
    program.asOwner(async (client) => {
      const { rows } = await client.query<{ password_hash: string }>(
        'select password_hash from password_credentials join users on user_id = id where email = $1',
        [emailOf(index)],
      );
      return rows[0]?.password_hash ?? '';
    });
  expect(await stored()).toMatch(/^\$imported\$/);
  expect(await signIn(emailOf(index), `${passwordOf(index)}!`)).toBe(422);
  expect(await signIn(emailOf(index), passwordOf(index))).toBe(303);
  expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await signIn(emailOf(index), passwordOf(index))).toBe(303);
});

test('everybody is exported, one a line, in a form that a dry run takes', { timeout: 300_000 }, async () => {
  const out = join(program.folder, 'export.ndjson');
  expect(await program.cli('users', 'export', '--output', out)).toMatchObject({ code: 0 });
  const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(PEOPLE - 1);
  expect(lines.join()).not.toMatch(/argon2|imported|password/);
  const dry = await program.cli('users', 'import', out, '--dry-run', '--json');
  expect(JSON.parse(dry.stdout)).toMatchObject({ recordsDone: PEOPLE - 1, created: 0, failed: PEOPLE - 1 });
});

const people = () =>
  program.asOwner(async (client) => Number((await client.query('select count(*) as n from users')).rows[0]?.n));

async function signIn(email: string, password: string): Promise<number> {
  const browser = new Browser(program.issuer);
  const form = await (await browser.get('/sign-in')).text();
  return (await browser.post('/sign-in', { ...hiddenFields(form), email, password })).status;
}

function residentMegabytes(): number {
  const status = readFileSync(`/proc/${program.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

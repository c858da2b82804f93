/** kill -9 while mails are on their way: each of them arrives, and a second copy has the same Message-ID. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser, hiddenFields } from './browser.ts';
import { type Program, startProgram } from './running-program.ts';

const PEOPLE = 12;
const emailOf = (index: number) => `person${index}@example.com`;

/** Message-IDs by recipient. */
const arrived = new Map<string, string[]>();
/** While it holds, a mail is read and never answered: nobody knows whether it has arrived. */
let holding = true;
let held = 0;
let server: SMTPServer;
let program: Program;

beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    closeTimeout: 100,
    onData(stream, session, done) {
      let text = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        text += chunk;
      });
      stream.on('end', () => {
        const to = session.envelope.rcptTo[0]?.address ?? '';
        arrived.set(to, [...(arrived.get(to) ?? []), /^Message-ID: (\S+)/im.exec(text)?.[1] ?? '']);
        if (holding) held += 1;
        else done();
      });
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  program = await startProgram({ smtpPort: smtpPort() });
});
afterAll(async () => {
  await program?.remove();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});
const smtpPort = () => (server.server.address() as AddressInfo).port;

test('nothing is lost', { timeout: 90_000 }, async () => {
  const file = join(program.folder, 'people.ndjson');
  const lines = Array.from({ length: PEOPLE }, (_, index) => JSON.stringify({ email: emailOf(index) }));
  writeFileSync(file, lines.join('\n'));
  expect(await program.cli('users', 'import', file)).toMatchObject({ code: 0 });
  const browser = new Browser(program.issuer);
  for (let index = 0; index < PEOPLE; index += 1) {
    const form = hiddenFields(await (await browser.get('/recover')).text());
    expect((await browser.post('/recover', { ...form, email: emailOf(index) })).status).toBe(200);
  }
  await program.until(() => held > 0, 'mails are on their way');
  const { folder, ports } = program;
  program.kill('SIGKILL');
  await program.ended();
  holding = false;
  program = await startProgram({ folder, ports, smtpPort: smtpPort() });
  await program.until(() => arrived.size === PEOPLE, 'every mail has arrived');
  await program.until(async () => (await waiting()) === 0, 'every mail is written down as sent');
  for (const [to, ids] of arrived) expect(new Set(ids).size, to).toBe(1);
  expect([...arrived.values()].filter((ids) => ids.length > 1).length).toBeGreaterThan(0);
  // Nothing of what was sent is left.
  expect(await sealedLeft()).toBe(0);
});

const count = (condition: string) =>
  program.asOwner(async (client) => {
    const { rows } = await client.query<{ n: string }>(`select count(*) as n from mail_outbox where ${condition}`);
    return Number(rows[0]?.n);
  });
const waiting = () => count(`status = 'queued'`);
const sealedLeft = () => count('sealed is not null');

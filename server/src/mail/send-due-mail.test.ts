import { afterEach, beforeEach, expect, test } from 'vitest';
import { listOutbox } from './list-outbox.ts';
import { openMail, RECOVERY, recordingTransport, tenantId } from './mail.fixture.ts';
import { SendFailure } from './mail-transport.ts';
import { removeOldMail } from './remove-old-mail.ts';
import { ATTEMPTS_MAX, pauseAfter, releaseTaken, sendDueMail } from './send-due-mail.ts';

let mail: Awaited<ReturnType<typeof openMail>>;
const never = new AbortController().signal;

beforeEach(async () => {
  mail = await openMail();
});
afterEach(() => mail?.close());

const queue = () => mail.inTransaction((tx) => mail.mailer.queue(tx, { ...RECOVERY, locale: 'de' }));
const send = (transport: ReturnType<typeof recordingTransport>) => sendDueMail({ ...mail.deps, transport }, never);

test('sent once, in the reader’s language, and then nothing of it is left', async () => {
  await queue();
  const transport = recordingTransport();
  expect(await send(transport)).toBe(1);
  expect(await send(transport)).toBe(0);
  const [row] = await mail.outbox();
  expect(transport.sent).toMatchObject([
    {
      to: 'ada@example.com',
      subject: 'Neues Passwort wählen',
      locale: 'de',
      messageId: `<${row?.id}@auth.example.com>`,
      text: expect.stringContaining('https://auth.example.com/recover?link=gh_ln_x'),
    },
  ]);
  expect(row).toMatchObject({ status: 'sent', sealed: null, attempts: 1 });
});

test('a server that is down is asked again, with growing pauses, under the same Message-ID', async () => {
  await queue();
  const transport = recordingTransport((_, attempt) =>
    attempt < 4 ? new SendFailure('ECONNECTION', { permanent: false }) : undefined,
  );
  const ids: (string | undefined)[] = [];
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    expect(await send(transport)).toBe(1);
    expect(await send(transport)).toBe(0);
    ids.push((await mail.outbox())[0]?.id);
    mail.clock.advance(pauseAfter(attempt));
  }
  expect(transport.sent).toHaveLength(1);
  expect(new Set(ids).size).toBe(1);
});

test('given up after a bound, with an event that says so; the content goes', async () => {
  await mail.inTransaction((tx) =>
    mail.mailer.queue(tx, { ...RECOVERY, expiresAt: mail.clock.now() + 30 * 24 * 3_600_000 }),
  );
  const transport = recordingTransport(() => new SendFailure('ETIMEDOUT', { permanent: false }));
  let attempts = 0;
  while ((await mail.outbox())[0]?.status === 'queued' && attempts < 50) {
    attempts += await send(transport);
    mail.clock.advance(60 * 60_000);
  }
  expect(attempts).toBe(ATTEMPTS_MAX);
  expect((await mail.outbox())[0]).toMatchObject({ status: 'given_up', sealed: null, failure: 'ETIMEDOUT' });
  expect(await mail.eventTypes()).toContain('mail.given_up');
});

test.each([
  ['a recipient the server refuses', () => new SendFailure('EENVELOPE (SMTP 550)', { permanent: true }), 0],
  ['a link that has ended', () => undefined, 24 * 60 * 60_000],
])('given up at once: %s', async (_, fail, wait) => {
  await queue();
  mail.clock.advance(wait);
  const transport = recordingTransport(fail);
  await send(transport);
  expect(transport.sent).toEqual([]);
  expect((await mail.outbox())[0]).toMatchObject({ status: 'given_up', sealed: null });
});

test('two workers at once send each mail once', async () => {
  for (let index = 0; index < 6; index += 1) await queue();
  const transports = Array.from({ length: 4 }, () => recordingTransport());
  await Promise.all(transports.map(send));
  const sent = transports.flatMap((transport) => transport.sent.map(({ messageId }) => messageId));
  expect(new Set(sent).size).toBe(sent.length);
  expect(sent).toHaveLength(6);
});

test.each([
  ['another takes the mail up when the lease ends', async () => mail.clock.advance(60_000)],
  ['who wins the lock takes the mail up at once', async () => releaseTaken(mail.deps)],
])('who dies while sending loses nothing: %s', async (_, release) => {
  await queue();
  const dead = recordingTransport();
  const crash = new AbortController();
  const dying = sendDueMail(
    { ...mail.deps, transport: { ...dead, send: async () => void crash.abort() }, store: dyingStore(crash) },
    crash.signal,
  );
  await expect(dying).rejects.toThrow('killed');
  const after = recordingTransport();
  expect(await send(after)).toBe(0);
  await release();
  expect(await send(after)).toBe(1);
  expect(after.sent).toHaveLength(1);
});

/** Its process is gone between handing the mail over and writing that down. */
function dyingStore(crash: AbortController) {
  return {
    transaction: ((scope, work, options) => {
      if (crash.signal.aborted) return Promise.reject(new TypeError('killed'));
      return mail.store.transaction(scope, work, options);
    }) as typeof mail.store.transaction,
  };
}

test('the outbox page opens what waits; housekeeping closes what has expired and forgets what is old', async () => {
  await queue();
  expect(await listOutbox(mail.deps, { tenantId })).toMatchObject([
    { to: 'ada@example.com', template: 'password_recovery' },
  ]);
  mail.clock.advance(25 * 60 * 60_000);
  await removeOldMail(mail.deps);
  expect((await mail.outbox())[0]).toMatchObject({ status: 'given_up', sealed: null });
  expect(await listOutbox(mail.deps, { tenantId })).toEqual([]);
  mail.clock.advance(30 * 24 * 60 * 60_000);
  await removeOldMail(mail.deps);
  expect(await mail.outbox()).toEqual([]);
});

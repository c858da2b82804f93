import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMail, RECOVERY, tenantId } from './mail.fixture.ts';
import { plainName } from './mail-address.ts';

let mail: Awaited<ReturnType<typeof openMail>>;

beforeAll(async () => {
  mail = await openMail();
});
afterAll(() => mail?.close());

test('a mail stands or falls with what causes it', async () => {
  const before = (await mail.outbox()).length;
  const failing = mail.inTransaction(async (tx) => {
    await mail.mailer.queue(tx, RECOVERY);
    throw new TypeError('the cause failed');
  });
  await expect(failing).rejects.toThrow('the cause failed');
  expect(await mail.outbox()).toHaveLength(before);
});

test('what it says is sealed: neither the address nor the link stands in the table', async () => {
  await mail.inTransaction((tx) => mail.mailer.queue(tx, { ...RECOVERY, to: 'sealed@example.com' }));
  const row = (await mail.outbox()).at(-1);
  expect(row).toMatchObject({ status: 'queued', template: 'password_recovery', attempts: 0 });
  expect(JSON.stringify(row)).not.toMatch(/sealed@|gh_ln_x|recover\?/);
});

describe('refuses what is no single address', () => {
  test.each([
    'ada@example.com\r\nBcc: all@example.com',
    'ada@example.com, eve@example.com',
    'Ada <ada@example.com>',
    '"ada eve"@example.com',
    'ada@example.com\u2028',
    'ada',
    '',
    `${'a'.repeat(250)}@example.com`,
  ])('%j', async (to) => {
    const queued = mail.inTransaction((tx) => mail.mailer.queue(tx, { ...RECOVERY, to }));
    await expect(queued).rejects.toMatchObject({ code: 'mail_address_refused' });
  });
});

test('an address gets twelve mails an hour that anyone can cause, in whatever spelling, and notices besides', async () => {
  const to = ['rate@example.com', 'Rate@Example.com'];
  const queued = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      mail.inTransaction((tx) => mail.mailer.queue(tx, { ...RECOVERY, to: to[index % 2] ?? '' })),
    ),
  );
  expect(queued.filter((outcome) => outcome === 'queued')).toHaveLength(12);
  const values = { recovery_link: 'https://x', device: 'Firefox', time: 'now' };
  const notice = { ...RECOVERY, to: 'rate@example.com', template: 'password_changed', values } as const;
  expect(await mail.inTransaction((tx) => mail.mailer.queue(tx, notice))).toBe('queued');
  // Written down once, whatever the flood.
  expect((await mail.eventTypes()).filter((type) => type === 'mail.suppressed')).toHaveLength(1);
  mail.clock.advance(60 * 60_000);
  expect(await mail.inTransaction((tx) => mail.mailer.queue(tx, { ...RECOVERY, to: 'rate@example.com' }))).toBe(
    'queued',
  );
});

test('another tenant can’t be written for', async () => {
  const other = { ...RECOVERY, tenantId: 'ten_00000000000000000000000001' };
  await expect(mail.inTransaction((tx) => mail.mailer.queue(tx, other))).rejects.toThrow();
  expect(tenantId).not.toBe(other.tenantId);
});

test.each([
  ['Ada Lovelace', 'Ada Lovelace'],
  ['J.R.R. Tolkien', 'J. R. R. Tolkien'],
  ['Win at https://evil.example/now', 'Win at https evil. example now'],
  ['click\r\nBcc: x', 'click Bcc x'],
  ['a\u202Eb', 'a b'],
  ['eve@evil.example', 'eve evil. example'],
  ['x'.repeat(300), 'x'.repeat(64)],
])('a name in a mail to somebody else makes no link: %j', (name, expected) => {
  expect(plainName(name)).toBe(expected);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerRequests, type RequestHandlers } from './answer-requests.ts';
import { openMail, RECOVERY, recordingTransport, tenantId } from './mail.fixture.ts';
import { startMailWorker } from './mail-worker.ts';
import type { MailTables } from './tables.ts';

let mail: Awaited<ReturnType<typeof openMail>>;
const never = new AbortController().signal;

beforeAll(async () => {
  mail = await openMail();
});
afterAll(() => mail?.close());

const ask = (kind: string, payload = {}) =>
  mail.inTransaction((tx) => mail.mailer.request(tx, { tenantId, kind, payload }));
const answer = (handlers: RequestHandlers) => answerRequests({ ...mail.deps, handlers }, never);
const waiting = () =>
  mail.inTransaction((tx) => tx.withTables<MailTables>().selectFrom('mail_requests').select('kind').execute());

test('answered once, with the payload that was given, however many answer at once', async () => {
  await ask('hello', { email: 'ada@example.com' });
  const seen: unknown[] = [];
  const handlers: RequestHandlers = { hello: async (_, request) => void seen.push(request) };
  await Promise.all(Array.from({ length: 5 }, () => answer(handlers)));
  expect(seen).toEqual([{ tenantId, payload: { email: 'ada@example.com' } }]);
});

test('what fails is tried again, does not hold up others, and is left after a bound', async () => {
  await ask('broken');
  await ask('fine');
  const seen: string[] = [];
  const handlers: RequestHandlers = {
    broken: async (tx) => {
      await mail.mailer.queue(tx, RECOVERY);
      throw new TypeError('broken');
    },
    fine: async () => void seen.push('fine'),
  };
  for (let round = 0; round < 8; round += 1) {
    await answer(handlers);
    mail.clock.advance(10_000);
  }
  expect(seen).toEqual(['fine']);
  expect(await waiting()).toEqual([]);
  // What it did before it failed was taken back each time.
  expect(await mail.outbox()).toEqual([]);
});

test('a kind that nobody knows, or that every object has, is dropped', async () => {
  await ask('toString');
  await ask('of-another-version');
  await answer({});
  expect(await waiting()).toEqual([]);
});

test('the worker hears of a request and sends what comes of it without being asked', async () => {
  const transport = recordingTransport();
  const sent = Promise.withResolvers<void>();
  const worker = startMailWorker({
    ...mail.deps,
    transport: { ...transport, send: async (letter) => void sent.resolve(transport.send(letter, never)) },
    handlers: { recover: async (tx) => void (await mail.mailer.queue(tx, RECOVERY)) },
  });
  await ask('recover');
  await sent.promise;
  await worker.stop();
  expect(transport.sent).toMatchObject([{ to: 'ada@example.com' }]);
});

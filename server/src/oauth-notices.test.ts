import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID, systemPrincipal } from '#base';
import { createUser, directoryMigrations, type User } from '#directory';
import { keyringMigrations, openKeyring } from '#keyring';
import { createMailer, listOutbox, mailMigrations, type OutgoingMail, startMailWorker } from '#mail';
import type { OAuthNotice } from '#oauth';
import { resourcesMigrations } from '#resources';
import { recordChange } from '#store';
import { fixedClock, openTestStore, seededRandom, testLogger } from '#testing';
import { oauthNoticeHandler, oauthNotices } from './oauth-notices.ts';

const tenantId = DEFAULT_TENANT_ID;
const migrations = [keyringMigrations, auditMigrations, resourcesMigrations, directoryMigrations, mailMigrations];

async function openPost() {
  const clock = fixedClock();
  const random = seededRandom();
  const log = testLogger();
  const store = await openTestStore(migrations, { clock, random });
  const environment = { KEY: seededRandom('master').bytes(32).toString('base64') };
  const masterKey = { kind: 'environment', variable: 'KEY', environment } as const;
  const keyring = await openKeyring({ store, recordChange, masterKey, clock, random, log });
  const deps = { store, keyring, clock, random, log };
  const compose = { ownTemplate: () => undefined, product: 'Gatehouse', host: 'id.example.com' };
  const mailer = createMailer(deps);
  const actor = systemPrincipal(tenantId, 'test');
  const ada = await store.transaction({ tenantId }, (tx) =>
    createUser(tx, deps, { tenantId, actor, email: 'ada@example.com', name: 'Ada' }),
  );
  const notices = oauthNotices(mailer);
  const [kind, handler] = oauthNoticeHandler({ mailer, issuer: 'https://id.example.com' });
  return { ...deps, compose, mailer, notices, kind, handler, ada };
}

let post: Awaited<ReturnType<typeof openPost>>;
let ada: User;
beforeAll(async () => {
  post = await openPost();
  ada = post.ada;
});
afterAll(async () => {
  post?.keyring.close();
  await post?.store.close();
});

const noticeOf = (notice: Partial<OAuthNotice>): OAuthNotice => ({
  kind: 'refresh_token_reused',
  tenantId,
  userId: ada.id,
  client: { id: 'wallet', displayName: 'Wallet' },
  at: post.clock.now(),
  ...notice,
});
const notify = (notice: Partial<OAuthNotice>) =>
  post.store.transaction({ tenantId }, (tx) => post.notices.notify(tx, noticeOf(notice)));

/** Until the worker has sent something. */
async function firstMail(): Promise<OutgoingMail> {
  const { promise, resolve } = Promise.withResolvers<OutgoingMail>();
  const transport = { send: async (mail: OutgoingMail) => resolve(mail), close: () => undefined };
  const worker = startMailWorker({ ...post, ...post.compose, transport, handlers: { [post.kind]: post.handler } });
  const mail = await promise;
  await worker.stop();
  return mail;
}

test('somebody used a token that was used before: the person reads which application, and where to look', async () => {
  await notify({});
  const mail = await firstMail();
  expect(mail).toMatchObject({ to: 'ada@example.com', subject: 'Wallet was signed out of your account' });
  expect(mail.text).toContain('https://id.example.com/account');
});

test('an application asks: the person reads which, where to answer, and until when', async () => {
  await notify({ kind: 'approval_requested', expiresAt: post.clock.now() + 300_000 });
  const mail = await firstMail();
  expect(mail).toMatchObject({ to: 'ada@example.com', subject: 'Wallet asks for your approval' });
  expect(mail.text).toContain('https://id.example.com/approvals');
  expect(mail.text).toContain('5 minutes');
});

test.each<[string, Partial<OAuthNotice>]>([
  ['nobody', { userId: 'nobody' }],
  ['somebody of another tenant', { tenantId: 'ten_00000000000000000000000001' }],
])('%s gets no mail', async (_, changes) => {
  const { tenantId: where, userId, client, ...rest } = noticeOf(changes);
  const payload = { ...rest, userId, application: client.displayName };
  await post.store.transaction({ tenantId: where }, (tx) => post.handler(tx, { tenantId: where, payload }));
  expect(await listOutbox({ ...post, ...post.compose }, { tenantId: where })).toEqual([]);
});

test('the name that a client gave itself becomes no link', async () => {
  await notify({ client: { id: 'evil', displayName: 'Win at https://evil.example' } });
  expect((await firstMail()).text).not.toContain('evil.example');
});

test('what did not happen is not told', async () => {
  const failed = post.store.transaction({ tenantId }, async (tx) => {
    await post.notices.notify(tx, noticeOf({}));
    throw new TypeError('taken back');
  });
  await expect(failed).rejects.toThrow('taken back');
  await notify({ kind: 'approval_requested', expiresAt: post.clock.now() + 60_000 });
  expect((await firstMail()).subject).toContain('approval');
});

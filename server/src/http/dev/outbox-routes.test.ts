import Fastify from 'fastify';
import { expect, test } from 'vitest';
import type { OutboxMail } from '#mail';
import { outboxRoutes } from './outbox-routes.ts';

const ISSUER = 'http://localhost:7700';
const MAIL: OutboxMail = {
  id: 'mal_1',
  to: 'ada@example.com',
  template: 'password_recovery',
  createdAt: 0,
  subject: '<script>alert(1)</script>',
  text: `Open ${ISSUER}/recover?link=gh_ln_x or https://evil.example/"><script>`,
};

async function ask(overrides: { url?: string; host?: string; remoteAddress?: string; mails?: boolean } = {}) {
  const app = Fastify();
  const outbox = overrides.mails === false ? undefined : async () => [MAIL];
  app.setErrorHandler((error: unknown, _, reply) => reply.code(404).send({ code: (error as { code?: string }).code }));
  await app.register(outboxRoutes({ issuer: ISSUER, tenantId: 't', outbox }));
  const { url = '/dev/outbox', host = 'localhost:7700', remoteAddress = '127.0.0.1' } = overrides;
  return app.inject({ url, headers: { host }, remoteAddress });
}

test('shows what waits, as text, with our own links to follow', async () => {
  const { body, headers } = await ask();
  expect(body).toContain(`<a href="${ISSUER}/recover?link=gh_ln_x">`);
  expect(body).not.toContain('<script>');
  expect(body).not.toContain('<a href="https://evil');
  expect(headers['content-security-policy']).toMatch(/default-src 'none'/);
  expect((await ask({ url: '/dev/outbox.json' })).json()).toEqual({ items: [MAIL] });
});

test.each([
  ['from another machine', { remoteAddress: '203.0.113.7' }],
  ['from another machine, by IPv6', { remoteAddress: '::2' }],
  ['under another name, as after DNS rebinding', { host: 'evil.example:7700' }],
  ['where mail is sent', { mails: false }],
])('is not there %s', async (_, overrides) => {
  for (const url of ['/dev/outbox', '/dev/outbox.json']) {
    const { statusCode, body } = await ask({ ...overrides, url });
    expect(statusCode).toBe(404);
    expect(body).not.toContain('gh_ln_x');
  }
});

test.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('is there for %s', async (remoteAddress) => {
  expect((await ask({ remoteAddress })).statusCode).toBe(200);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestControlServer, type TestControlServer } from './control-server.fixture.ts';
import { docsPages } from './docs-pages.ts';

let here: TestControlServer;
beforeAll(async () => {
  here = await openTestControlServer();
});
afterAll(() => here.close());

describe('where problem documents lead', () => {
  it.each([
    ['/api/v1/whoami', 'admin_credential_missing'],
    ['/nowhere', 'path_not_found'],
  ])('%s', async (url, code) => {
    const { type } = (await here.server.inject(url)).json();
    expect(type).toBe(`/docs/errors#${code}`);
    const page = await here.server.inject(type.split('#')[0]);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain(`### \`${code}\``);
  });
});

describe('pages', () => {
  it.each(['/docs', '/docs/errors', '/docs/guides/getting-started', '/docs/threat-model', '/docs/security/signing-in'])(
    '%s is plain text under the strictest policy',
    async (url) => {
      const { statusCode, headers, body } = await here.server.inject(url);
      expect(statusCode).toBe(200);
      expect(headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(body).toMatch(/^# /);
    },
  );

  it.each(['/docs/', '/docs/none', '/docs/errors.md', '/docs/..%2fpackage', '/docs/schema/gatehouse.schema.json'])(
    '%s is not one',
    async (url) => {
      const answer = await here.server.inject(url);
      expect([answer.statusCode, answer.json().code]).toEqual([404, 'path_not_found']);
    },
  );

  it('a program without its documentation starts all the same', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'gatehouse-docs-'));
    const server = Fastify();
    await server.register(docsPages({ docsFolder: join(empty, 'none') }));
    await server.ready();
    expect(server.hasRoute({ method: 'GET', url: '/docs/:first' })).toBe(true);
    await server.close();
    rmSync(empty, { recursive: true });
  });
});

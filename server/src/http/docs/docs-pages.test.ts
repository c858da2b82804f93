import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestControlServer, type TestControlServer } from '../control-server.fixture.ts';
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

const asBrowser = (url: string) => here.server.inject({ url, headers: { accept: 'text/html,*/*;q=0.8' } });

describe('pages', () => {
  const PAGES = [
    '/docs',
    '/docs/errors',
    '/docs/guides/getting-started',
    '/docs/threat-model',
    '/docs/adr/0010-audit-chain',
  ];

  it.each(PAGES)('%s is the text as written, for whoever asks for no HTML', async (url) => {
    const { statusCode, headers, body } = await here.server.inject(url);
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(headers.vary).toContain('accept');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).toMatch(/^# /);
  });

  it.each(PAGES)('%s is a page for a browser, which may run nothing', async (url) => {
    const { statusCode, headers, body } = await asBrowser(url);
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'; style-src 'self'; img-src 'self'/);
    expect(headers['content-security-policy']).not.toContain('script-src');
    expect(body).not.toMatch(/<script|style="|undefined|\[object/);
    const style = await here.server.inject(/href="(\/docs\/style-[^"]+)"/.exec(body)?.[1] ?? '');
    expect([style.statusCode, style.headers['content-type']]).toEqual([200, 'text/css; charset=utf-8']);
  });

  it.each([
    '/docs/',
    '/docs/none',
    '/docs/errors.md',
    '/docs/..%2fpackage',
    '/docs/schema/gatehouse.schema.json',
    '/docs/pictures/none.svg',
  ])('%s is not one', async (url) => {
    const answer = await asBrowser(url);
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'path_not_found']);
  });

  it('every link of every page leads to a page, a section or a file that is there', async () => {
    const broken: string[] = [];
    const bodies = new Map<string, string>();
    const bodyOf = async (url: string) => {
      const known = bodies.get(url);
      if (known !== undefined) return known;
      const { statusCode, body } = await asBrowser(url);
      bodies.set(url, statusCode === 200 ? body : '');
      return statusCode === 200 ? body : '';
    };
    const waiting = ['/docs'];
    const seen = new Set(waiting);
    for (const url of waiting) {
      for (const [, href = ''] of (await bodyOf(url)).matchAll(/(?:href|src)="([^"]+)"/g)) {
        if (!href.startsWith('/docs') && !href.startsWith('#')) continue;
        const [path = '', fragment] = (href.startsWith('#') ? url + href : href).split('#');
        const target = await bodyOf(path);
        if (target === '' || (fragment !== undefined && !target.includes(`id="${fragment}"`)))
          broken.push(`${url}: ${href}`);
        if (!seen.has(path) && !path.includes('.')) waiting.push(path);
        seen.add(path);
      }
    }
    expect(seen.size).toBeGreaterThan(80);
    expect(broken).toEqual([]);
  });

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

describe('search', () => {
  it.each([
    ['revoke key', '/docs/guides/api-keys'],
    ['path_not_found', '/docs/errors'],
    ['DPoP', '/docs/guides/oauth-security'],
  ])('%s', async (words, page) => {
    const { statusCode, body } = await asBrowser(`/docs/search?q=${encodeURIComponent(words)}`);
    expect(statusCode).toBe(200);
    expect(body.slice(body.indexOf('<main'))).toContain(`href="${page}`);
  });

  it('guides come before decisions, and no line of a table is text', async () => {
    const { body } = await asBrowser('/docs/search?q=rotate+a+key');
    const results = body.slice(body.indexOf('<main'));
    const folders = [...results.matchAll(/href="\/docs\/(guides|adr)\//g)].map(([, folder]) => folder);
    expect(folders).toContain('guides');
    expect(folders).toEqual(folders.toSorted().toReversed());
    expect(results).not.toContain('---');
  });

  it.each([
    ['', 'Say what you are looking for'],
    ['%3Cscript%3Ealert(1)%3C/script%3E', '&lt;script&gt;'],
    ['&q=twice', 'Say what you are looking for'],
    [`${'a '.repeat(5000)}`, '<ol class="results">'],
    ['zzzzzz', 'Nothing holds all of these words'],
  ])('%#: what is asked for is text', async (words, expected) => {
    const { statusCode, body } = await asBrowser(`/docs/search?q=${words}`);
    expect(statusCode).toBe(200);
    expect(body).toContain(expected);
    expect(body).not.toContain('<script');
  });
});

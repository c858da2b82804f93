import fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cookiesFor } from '#signin';
import { answerUnknownPaths } from './known-paths.ts';
import { answerError } from './problem.ts';
import { pageOfNothing } from './signin/page-reply.ts';
import { pageViews } from './signin/page-view.ts';

const server = fastify();
const viewOf = pageViews({ cookies: cookiesFor('http://localhost:7700'), issuerOrigin: 'http://localhost:7700' });
beforeAll(async () => {
  server.setErrorHandler(answerError);
  answerUnknownPaths(server, pageOfNothing(viewOf));
  server.get('/there', async () => 'there');
  await server.ready();
});
afterAll(() => server.close());

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

test.each([
  ['a browser', 'GET', '/nowhere', { accept: BROWSER }, 404, 'text/html; charset=utf-8', 'There is nothing here'],
  [
    'a browser in German',
    'GET',
    '/nowhere/at/all',
    { accept: BROWSER, 'accept-language': 'de-CH' },
    404,
    'text/html; charset=utf-8',
    'Hier ist nichts',
  ],
  ['a program', 'GET', '/nowhere', { accept: '*/*' }, 404, 'application/problem+json', 'path_not_found'],
  ['a program that says nothing', 'GET', '/nowhere', {}, 404, 'application/problem+json', 'path_not_found'],
  ['a form', 'POST', '/nowhere', { accept: BROWSER }, 404, 'application/problem+json', 'path_not_found'],
  ['the API', 'GET', '/api/v1/nowhere', { accept: BROWSER }, 404, 'application/problem+json', 'path_not_found'],
  ['the wrong method', 'POST', '/there', { accept: BROWSER }, 405, 'application/problem+json', 'method_unsupported'],
] as const)('%s', async (_, method, url, headers, status, type, said) => {
  const answer = await server.inject({ method, url, headers });
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([status, type]);
  expect(answer.body).toContain(said);
  if (type.startsWith('text/html')) {
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers['cache-control']).toBe('no-store');
  }
});

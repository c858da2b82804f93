import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemRandom } from '#base';
import { temporaryFolder } from '#testing';
import { answerError } from '../problem.ts';
import { consolePages } from './console-pages.ts';

const SCRIPT = 'console.log("hello");\n'.repeat(100);
const PAGE = '<meta name="gatehouse-issuer" content="__ISSUER__"><meta name="gatehouse-nonce" content="__NONCE__">';

let folder: string;
let server: FastifyInstance;
beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), PAGE);
  await writeFile(join(folder, 'secret.txt'), 'not an asset');
  await writeFile(join(folder, 'assets/app-Ab1_.js'), SCRIPT);
  await writeFile(join(folder, 'assets/app-Ab1_.js.br'), brotliCompressSync(SCRIPT));
  server = await open(folder);
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function open(consoleFolder: string): Promise<FastifyInstance> {
  const app = Fastify();
  app.setErrorHandler(answerError);
  await app.register(consolePages({ issuer: 'https://id.example.com', random: systemRandom, consoleFolder }));
  return app;
}

describe('the page', () => {
  test.each(['/console', '/console/', '/console/keys/key_1', '/console/signed-in?code=x'])('%s is it', async (url) => {
    const { statusCode, headers, body } = await server.inject(url);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'cross-origin-opener-policy': 'same-origin' });
    expect(body).toContain('content="https://id.example.com"');
  });

  test('runs scripts of its own alone, and is framed by nobody', async () => {
    const { headers } = await server.inject('/console');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  });

  test('may call the gateway where callers reach it, and nobody else', async () => {
    const policyAt = async (gatewayUrl?: string) => {
      const app = Fastify();
      await app.register(
        consolePages({ issuer: 'https://id.example.com', gatewayUrl, random: systemRandom, consoleFolder: folder }),
      );
      const policy = String((await app.inject('/console')).headers['content-security-policy']);
      await app.close();
      return /connect-src [^;]*/.exec(policy)?.[0];
    };
    expect(await policyAt('https://api.example.com/v1?x=1')).toBe("connect-src 'self' https://api.example.com");
    expect(await policyAt()).toBe("connect-src 'self'");
  });

  test('allows the styles of this response and of no other', async () => {
    const nonces = await Promise.all(
      ['/console', '/console'].map(async (url) => {
        const { headers, body } = await server.inject(url);
        const nonce = /gatehouse-nonce" content="([\w-]{20,})"/.exec(body)?.[1] ?? 'none';
        expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
  });

  test('says how to build the console where it is not', async () => {
    const empty = await open(join(folder, 'assets'));
    const { statusCode, body } = await empty.inject('/console');
    expect(statusCode).toBe(503);
    expect(JSON.parse(body).code).toBe('console_not_built');
    await empty.close();
  });
});

describe('an asset', () => {
  test.each([
    [undefined, undefined],
    ['gzip', undefined],
    ['br', 'br'],
    ['gzip, deflate, BR;q=0.9', 'br'],
  ])('asked for with %s comes as %s, and is kept for good', async (accepted, encoding) => {
    const { headers, rawPayload } = await server.inject({
      url: '/console/assets/app-Ab1_.js',
      headers: accepted === undefined ? {} : { 'accept-encoding': accepted },
    });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    });
    expect(Number(headers['content-length'])).toBe(rawPayload.length);
  });

  test.each([
    '/console/assets/missing.js',
    '/console/assets/app-Ab1_.js.br',
    '/console/assets/..%2findex.html',
    '/console/assets/..%2fsecret.txt',
    '/console/assets/%2e%2e%2f%2e%2e%2fpackage.json',
    '/console/assets/.hidden.js',
    '/console/assets/a%00.js',
  ])('%s is none', async (url) => {
    const { statusCode, body } = await server.inject(url);
    expect([400, 404]).toContain(statusCode);
    expect(body).not.toContain('not an asset');
  });
});

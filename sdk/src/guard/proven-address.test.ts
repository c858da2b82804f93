/** For which address a DPoP proof is good: the API's own, and not what the caller says in `Host`. */
import { request as requestBy } from 'node:http';
import { calculateJwkThumbprint } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeIssuer, newPair, proofOf, type SigningPair, startIssuer } from '../verify/issuer.fixture.ts';
import { FRAMEWORKS, type Running } from './frameworks.fixture.ts';
import { createGuard } from './guard.ts';

let issuer: FakeIssuer;
let holder: SigningPair;
let token: string;
beforeAll(async () => {
  issuer = await startIssuer();
  holder = await newPair('holder');
  token = await issuer.sign({ cnf: { jkt: await calculateJwkThumbprint(holder.jwk) } });
});

describe.each(FRAMEWORKS)('%s', (_, start) => {
  let running: Running;
  beforeAll(async () => {
    running = await start({ ...issuer.options, origin: 'https://api.example.com', dpop: { required: true } });
  });
  afterAll(() => running.close());

  test.each([
    ['made for the API is good, whatever the proxy in front says', 'https://api.example.com/me', 'inner:8080', 200],
    [
      'made for another server is not, though it passes it on under its own name',
      'https://evil.example.com/me',
      'evil.example.com',
      401,
    ],
  ])('a proof %s', async (_, url, host, status) => {
    const dpop = await proofOf(holder, { method: 'GET', url, token, now: issuer.now });
    expect(await statusOf(running.url, { authorization: `DPoP ${token}`, dpop, host })).toBe(status);
  });
});

/** `fetch` lets nobody choose `Host`. */
function statusOf(base: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    requestBy(`${base}/me`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test.each([
  ['proofs are required, and nobody says for which address', { dpop: { required: true } }],
  ['a path', { origin: 'https://api.example.com/orders' }],
  ['no scheme', { origin: 'api.example.com' }],
  ['a name and a password', { origin: 'https://a:b@api.example.com' }],
])('a mistake of the program: %s', (_, more) => {
  expect(() => createGuard({ ...issuer.options, ...more })).toThrow(
    expect.objectContaining({
      name: 'ConfigurationError',
      message: expect.stringContaining('https://api.example.com'),
    }),
  );
});

/** What is revoked here stops working there: a second gateway process on the same database, within 100 ms. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { oauthPost } from './browser.ts';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { everyKind } from './every-kind.ts';
import { type Program, startProgram } from './running-program.ts';

const ROUNDS = 200;
const TRIES_MAX = 3;
const P99_MILLISECONDS_MAX = 100;
const SEEN_MILLISECONDS_MAX = 5_000;

let upstream: EchoUpstream;
let program: Program;
let second: Program;
let client: { id: string; secret: string };

beforeAll(async () => {
  upstream = await startEchoUpstream();
  program = await startProgram();
  await program.admin('POST', '/apply', everyKind(upstream.url));
  const { secret } = await program.admin('POST', '/clients/reporter/secrets', {});
  client = { id: 'reporter', secret: String(secret) };
  second = await startProgram({ folder: program.folder, role: 'gateway', issuer: program.issuer });
});
afterAll(async () => {
  await second?.stop();
  await program?.remove();
  await upstream?.close();
});

test(`an API key, ${ROUNDS} times`, { timeout: 180_000 }, async () => {
  await measure('API key', async () => {
    const { id, key } = await program.issueKey({ plan: 'plenty' });
    return { headers: { 'x-api-key': key }, revoke: () => program.admin('POST', `/keys/${id}/revoke`, {}) };
  });
});

test(`an access token, ${ROUNDS} times (RFC 7009)`, { timeout: 180_000 }, async () => {
  await measure('access token', async () => {
    const answer = await oauthPost(program, 'token', client, { grant_type: 'client_credentials' });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    return {
      headers: { authorization: `Bearer ${token}` },
      revoke: async () => {
        const { status } = await oauthPost(program, 'revoke', client, { token });
        expect(status).toBe(200);
      },
    };
  });
});

test('in the process that was told, the very next request is judged by it', async () => {
  const judge = async (key: string) =>
    (await fetch(`${program.gatewayUrl}/things/one`, { headers: { 'x-api-key': key } })).status;
  const lives = Array.from({ length: 50 }, async () => {
    const { id, key } = await program.issueKey({ plan: 'plenty' });
    const issued = await judge(key);
    await program.admin('POST', `/keys/${id}/revoke`, {});
    return [issued, await judge(key)];
  });
  expect(new Set((await Promise.all(lives)).map(String))).toEqual(new Set(['200,401']));
});

test('the second process says itself how it is', async () => {
  expect((await fetch(`${second.controlUrl}/healthz`)).status).toBe(200);
  expect((await fetch(`${second.controlUrl}/readyz`)).status).toBe(200);
  // And administers nothing.
  const headers = { authorization: `Bearer ${program.adminToken}` };
  expect((await fetch(`${second.controlUrl}/api/v1/keys`, { headers })).status).toBe(404);
});

interface Issued {
  headers: Record<string, string>;
  revoke: () => Promise<unknown>;
}

/** A machine that is busy with other work just then gets another try, for the time alone: each round must end refused. */
async function measure(what: string, issue: () => Promise<Issued>): Promise<void> {
  const tries: number[] = [];
  while (tries.length < TRIES_MAX && !tries.some((p99) => p99 < P99_MILLISECONDS_MAX)) {
    tries.push(await measureOnce(what, issue));
  }
  expect(Math.min(...tries)).toBeLessThan(P99_MILLISECONDS_MAX);
}

/** From the moment the revocation was answered to the first refusal at the second gateway; the 99th percentile. */
async function measureOnce(what: string, issue: () => Promise<Issued>): Promise<number> {
  const delays: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { headers, revoke } = await issue();
    await untilAnswers(200, headers);
    await revoke();
    const revokedAt = performance.now();
    await untilAnswers(401, headers);
    delays.push(performance.now() - revokedAt);
  }
  delays.sort((a, b) => a - b);
  const percentile = (share: number) => delays[Math.ceil(delays.length * share) - 1] ?? Number.NaN;
  const shown = [0.5, 0.99, 1].map((share) => percentile(share).toFixed(1));
  process.stdout.write(`revoked ${what} refused after: p50 ${shown[0]} ms, p99 ${shown[1]} ms, max ${shown[2]} ms\n`);
  return percentile(0.99);
}

/** Issuing reaches the second gateway by the same feed, so it too is waited for. */
async function untilAnswers(status: number, headers: Record<string, string>): Promise<void> {
  const giveUpAt = performance.now() + SEEN_MILLISECONDS_MAX;
  for (;;) {
    const response = await fetch(`${second.gatewayUrl}/things/one`, { headers });
    const text = await response.text();
    if (response.status === status) return;
    if (performance.now() > giveUpAt) throw new Error(`no ${status} but ${response.status}: ${text}`);
  }
}

/**
 * Must show 6: the signing key changes every second while tokens are issued and verified, at a resource server with the
 * published keys and at the gateway. No request fails, and nothing is restarted. Some seconds here;
 * ROTATION_SECONDS=60 runs as long.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { oauthPost } from './browser.ts';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { everyKind } from './every-kind.ts';
import { type Program, startProgram } from './running-program.ts';

const SECONDS = Number(process.env.ROTATION_SECONDS ?? 5);
const CALLERS = 8;
const MINIMUM_TOKENS_PER_SECOND = 10;

let upstream: EchoUpstream;
let program: Program;
let client: { id: string; secret: string };

beforeAll(async () => {
  upstream = await startEchoUpstream();
  program = await startProgram();
  await program.admin('POST', '/apply', everyKind(upstream.url));
  client = { id: 'reporter', secret: String((await program.admin('POST', '/clients/reporter/secrets', {})).secret) };
});
afterAll(async () => {
  await program?.remove();
  await upstream?.close();
});

/** Announced, half a second later in use; the one before verifies on. All times are scaled down, the cache's with them. */
const ANNOUNCED_MILLISECONDS = 500;
const CACHED_MILLISECONDS = 200;

/** What the signing policy of every kind says of access tokens. */
const alg = 'ES384';

async function rotate(): Promise<void> {
  await program.admin('POST', '/signing-keys/rotate', { alg });
  await wait(ANNOUNCED_MILLISECONDS);
  await program.admin('POST', '/signing-keys/rotate', { alg, immediately: true });
}

test(`a new key every second for ${SECONDS} s: no failed request`, { timeout: 60_000 + SECONDS * 3_000 }, async () => {
  const keys = createRemoteJWKSet(new URL(`${program.issuer}/.well-known/jwks.json`), {
    cacheMaxAge: CACHED_MILLISECONDS,
    cooldownDuration: 0,
  });
  const failures: string[] = [];
  const signers = new Set<string>();
  let tokens = 0;
  let stopped = false;
  /** One from an earlier key, good to its end. */
  let oldest: string | undefined;

  const isGood = async (token: string) => {
    await jwtVerify(token, keys, { issuer: program.issuer, typ: 'at+jwt', algorithms: [alg] }).catch((error) =>
      failures.push(`resource server: ${error}`),
    );
    const answer = await fetch(`${program.gatewayUrl}/things/one`, { headers: { authorization: `Bearer ${token}` } });
    if (answer.status !== 200) failures.push(`gateway: ${answer.status} ${await answer.text()}`);
    else await answer.body?.cancel();
  };
  const call = async () => {
    while (!stopped) {
      const answer = await oauthPost(program, 'token', client, { grant_type: 'client_credentials' });
      const { access_token: token } = (await answer.json()) as { access_token?: string };
      if (token === undefined) {
        failures.push(`token endpoint: ${answer.status}`);
        continue;
      }
      oldest ??= token;
      tokens += 1;
      signers.add(String(decodeProtectedHeader(token).kid));
      await isGood(token);
    }
  };
  const callers = Array.from({ length: CALLERS }, call);
  const startedAt = performance.now();
  let rotations = 0;
  for (; rotations < SECONDS; rotations += 1) {
    await rotate();
    await wait(Math.max(0, startedAt + (rotations + 1) * 1_000 - performance.now()));
  }
  if (oldest !== undefined) await isGood(oldest);
  stopped = true;
  await Promise.all(callers);
  process.stdout.write(`${rotations} rotations, ${signers.size} keys, ${tokens} tokens: ${failures.length} failures\n`);
  expect(failures).toEqual([]);
  expect(signers.size).toBeGreaterThanOrEqual(rotations);
  expect(tokens).toBeGreaterThan(SECONDS * MINIMUM_TOKENS_PER_SECOND);
});

/**
 * Must show 4: rounds of fifty parallel requests for one authorization code, and for one refresh token. One winner, the
 * others the right error, and nothing alive that should not be. A few rounds here; RACE_ROUNDS=1000 runs as many.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, becomeAdministrator, CALLBACK, type CodeGrant, getCode, oauthPost } from './browser.ts';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { everyKind } from './every-kind.ts';
import { type Program, startProgram } from './running-program.ts';

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 3);
const RACERS = 50;
const SCOPE = 'openid offline_access things:read';
/** A round takes about a fifth of a second on a machine that others use too. */
const MILLISECONDS_MAX = 60_000 + ROUNDS * 2_000;

let upstream: EchoUpstream;
let program: Program;
let web: { id: string; secret: string };
let browser: Browser;

beforeAll(async () => {
  upstream = await startEchoUpstream();
  program = await startProgram();
  await program.admin('POST', '/apply', everyKind(upstream.url));
  web = { id: 'web', secret: String((await program.admin('POST', '/clients/web/secrets', {})).secret) };
  browser = await becomeAdministrator(program, {
    name: 'Ada',
    email: 'ada@example.com',
    password: 'seventeen purple lanterns drift',
  });
});
afterAll(async () => {
  await program?.remove();
  await upstream?.close();
});

interface Answer {
  status: number;
  body: { access_token?: string; refresh_token?: string; error?: string };
}

async function ask(fields: Record<string, string>): Promise<Answer> {
  const response = await oauthPost(program, 'token', web, fields);
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const redeem = ({ code, codeVerifier }: CodeGrant) =>
  ask({ grant_type: 'authorization_code', code, code_verifier: codeVerifier, redirect_uri: CALLBACK });
const refresh = (token = '', scope = SCOPE) => ask({ grant_type: 'refresh_token', refresh_token: token, scope });
const race = (run: (index: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: RACERS }, (_, index) => run(index)));

async function isActive(token: string | undefined): Promise<boolean> {
  const answer = await oauthPost(program, 'introspect', web, { token: token ?? '' });
  return ((await answer.json()) as { active: boolean }).active;
}

/** Live families of grants, as the database has them. */
async function liveGrants(): Promise<number> {
  const { rows } = await program.asOwner((client) =>
    client.query('select count(*)::int as n from oauth_grants where revoked_at is null'),
  );
  return rows[0]?.n;
}

const tally = (answers: readonly Answer[]) =>
  Object.fromEntries(
    Map.groupBy(answers, ({ status, body }) => `${status} ${body.error ?? 'token'}`)
      .entries()
      .map(([outcome, all]) => [outcome, all.length]),
  );

test(`one authorization code, ${ROUNDS} rounds of ${RACERS}`, { timeout: MILLISECONDS_MAX }, async () => {
  let noWinner = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const grant = await getCode(browser, SCOPE);
    const answers = await race(() => redeem(grant));
    // Whom a stalled machine kept waiting for five seconds is told 503: nothing was done for him, and he may ask again.
    const { '503 temporarily_unavailable': waited = 0, ...outcomes } = tally(answers);
    const winners = outcomes['200 token'] ?? 0;
    expect([round, winners + waited > 0, winners <= 1]).toEqual([round, true, true]);
    expect([round, outcomes['400 invalid_grant'] ?? 0]).toEqual([round, RACERS - waited - winners]);
    if (winners === 0) {
      noWinner += 1;
      // Nobody has consumed it: it is as good as it was (ADR 28). Then once more, which ends what came of it.
      expect([round, waited, (await redeem(grant)).status]).toEqual([round, RACERS, 200]);
      expect((await redeem(grant)).status).toBe(400);
      continue;
    }
    // That it was used twice is a theft: what the winner got is dead as well (RFC 6749 §4.1.2).
    const won = answers.find(({ status }) => status === 200)?.body;
    expect([round, await isActive(won?.access_token), await isActive(won?.refresh_token)]).toEqual([
      round,
      false,
      false,
    ]);
  }
  if (noWinner > 0) console.log(`${noWinner} rounds in which everybody had to ask again`);
  expect(await liveGrants()).toBe(0);
});

test(`one refresh token, ${ROUNDS} rounds of ${RACERS}`, { timeout: MILLISECONDS_MAX }, async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = (await redeem(await getCode(browser, SCOPE))).body;
    // Half of them ask for something else, so they are no repeats of the other half.
    const answers = await race((index) => refresh(first.refresh_token, index % 2 === 0 ? SCOPE : 'openid'));
    const outcomes = tally(answers);
    const won = answers.filter(({ status }) => status === 200);
    expect([round, new Set(won.map(({ body }) => body.refresh_token)).size]).toEqual([round, 1]);
    expect([round, new Set(won.map(({ body }) => body.access_token)).size]).toEqual([round, 1]);
    expect([round, (outcomes['200 token'] ?? 0) + (outcomes['400 invalid_grant'] ?? 0)]).toEqual([round, RACERS]);
    expect([round, won.length]).toEqual([round, RACERS / 2]);
    // The first one again, with its successor used, is a theft: the family ends.
    const next = (await refresh(won[0]?.body.refresh_token)).body;
    expect((await refresh(first.refresh_token)).status).toBe(400);
    expect([round, await isActive(next.access_token), await isActive(next.refresh_token)]).toEqual([
      round,
      false,
      false,
    ]);
  }
  expect(await liveGrants()).toBe(0);
});

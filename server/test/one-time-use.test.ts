/** Invariant 3 against the running program: of any number of racing uses of a one-time thing, one wins. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Browser,
  becomeAdministrator,
  CALLBACK,
  type CodeGrant,
  enrolTotp,
  getCode,
  oauthPost,
  openSetUpForm,
  setUpFields,
} from './browser.ts';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { everyKind } from './every-kind.ts';
import { type Program, startProgram } from './running-program.ts';

const RACERS = 50;
const PASSWORD = 'seventeen purple lanterns drift';
const SCOPE = 'openid offline_access things:read';

let upstream: EchoUpstream;
let program: Program;
let web: { id: string; secret: string };

beforeAll(async () => {
  upstream = await startEchoUpstream();
  program = await startProgram();
  await program.admin('POST', '/apply', everyKind(upstream.url));
  const { secret } = await program.admin('POST', '/clients/web/secrets', {});
  web = { id: 'web', secret: String(secret) };
});
afterAll(async () => {
  await program?.remove();
  await upstream?.close();
});

const race = <T>(run: (index: number) => Promise<T>) => Promise.all(Array.from({ length: RACERS }, (_, i) => run(i)));

async function count(statement: string): Promise<number> {
  const { rows } = await program.asOwner((client) => client.query(`select count(*)::int as n from ${statement}`));
  return rows[0]?.n;
}

let winner: Browser;

test('the set-up link makes exactly one administrator', async () => {
  const link = await program.administratorLink();
  const racers = await race(async (index) => {
    const browser = new Browser(program.issuer);
    const person = { name: `Racer ${index}`, email: `racer-${index}@example.com`, password: PASSWORD };
    return { browser, fields: setUpFields(await openSetUpForm(browser, link), person) };
  });
  const answers = await Promise.all(racers.map(({ browser, fields }) => browser.post('/setup', fields)));
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(answers.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
  expect(await count('users')).toBe(1);
  expect(await count(`audit_events where type = 'user.created'`)).toBe(1);
  expect(racers.filter(({ browser }) => browser.cookies.has('gatehouse_flow'))).toHaveLength(1);
  const won = racers[answers.findIndex(({ status }) => status === 303)];
  winner = won?.browser ?? winner;
  await enrolTotp(winner);
  expect((await winner.get('/account')).status).toBe(200);

  await expect(
    becomeAdministrator(program, { name: 'Late', email: 'late@example.com', password: PASSWORD }),
  ).rejects.toThrow(/set-up answered/);
  expect(await count('users')).toBe(1);
});

interface Tokens {
  access_token: string;
  refresh_token: string;
  error?: string;
}

const read = async (answer: Response | undefined) => (await answer?.json()) as Tokens;

function redeem({ code, codeVerifier }: CodeGrant): Promise<Response> {
  return oauthPost(program, 'token', web, {
    grant_type: 'authorization_code',
    code,
    code_verifier: codeVerifier,
    redirect_uri: CALLBACK,
  });
}

function refresh(token: string): Promise<Response> {
  return oauthPost(program, 'token', web, { grant_type: 'refresh_token', refresh_token: token });
}

const callWith = async (token: string) =>
  (await fetch(`${program.gatewayUrl}/things/one`, { headers: { authorization: `Bearer ${token}` } })).status;

describe('an authorization code', () => {
  test('is redeemed once, and the theft that its second use tells of ends what the first one got', async () => {
    const grant = await getCode(winner, SCOPE);
    const familiesBefore = await count('oauth_grants');
    const answers = await race(() => redeem(grant));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const lost = await Promise.all(answers.filter(({ status }) => status !== 200).map(read));
    expect(new Set(lost.map(({ error }) => error))).toEqual(new Set(['invalid_grant']));
    expect(await count('oauth_grants')).toBe(familiesBefore);
    expect(await count('oauth_grants where revoked_at is null')).toBe(0);
    const { access_token, refresh_token } = await read(won[0]);
    expect(await callWith(access_token)).toBe(401);
    expect((await refresh(refresh_token)).status).toBe(400);
  });

  test('is not spent by a wrong verifier, a wrong client or a wrong address', async () => {
    const grant = await getCode(winner, SCOPE);
    const { secret } = await program.admin('POST', '/clients/reporter/secrets', {});
    const { code, codeVerifier } = grant;
    const fields = { grant_type: 'authorization_code', code, code_verifier: codeVerifier, redirect_uri: CALLBACK };
    const wrong = await Promise.all([
      redeem({ ...grant, codeVerifier: 'x'.repeat(43) }),
      oauthPost(program, 'token', { id: 'reporter', secret: String(secret) }, fields),
      oauthPost(program, 'token', web, { ...fields, redirect_uri: `${CALLBACK}/` }),
    ]);
    expect(wrong.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect((await redeem(grant)).status).toBe(200);
  });
});

describe('a refresh token', () => {
  test('has one successor; the same request again gets the same answer, and nothing else', async () => {
    const first = await read(await redeem(await getCode(winner, SCOPE)));
    const answers = await race(() => refresh(first.refresh_token));
    const bodies = await Promise.all(answers.filter(({ status }) => status === 200).map(read));
    expect(bodies.length).toBeGreaterThan(0);
    expect(new Set(bodies.map(({ refresh_token }) => refresh_token)).size).toBe(1);
    expect(new Set(bodies.map(({ access_token }) => access_token)).size).toBe(1);
    const [{ refresh_token: successor, access_token: token } = first] = bodies;
    expect(await callWith(token)).toBe(200);

    // It works once more; after that the first one is a trace of theft, and ends them all.
    const next = await read(await refresh(successor));
    expect(await callWith(next.access_token)).toBe(200);
    const reused = await refresh(first.refresh_token);
    expect({ status: reused.status, ...(await read(reused)) }).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await callWith(next.access_token)).toBe(401);
    expect(await callWith(token)).toBe(401);
    expect((await refresh(next.refresh_token)).status).toBe(400);
  });

  test('a thief and the owner race: one family at most lives on', async () => {
    const first = await read(await redeem(await getCode(winner, SCOPE)));
    // Each asks for something else, so that no answer is a repeat of another's.
    const answers = await race((index) =>
      oauthPost(program, 'token', web, {
        grant_type: 'refresh_token',
        refresh_token: first.refresh_token,
        scope: index % 2 === 0 ? 'openid offline_access things:read' : 'things:read',
      }),
    );
    const bodies = await Promise.all(answers.filter(({ status }) => status === 200).map(read));
    expect(new Set(bodies.map(({ refresh_token }) => refresh_token)).size).toBe(1);
  });
});

test('the log is whole after all of it', async () => {
  expect(await program.cli('audit', 'verify')).toMatchObject({ code: 0 });
  expect(program.output).not.toMatch(/"level":(50|60)/);
});

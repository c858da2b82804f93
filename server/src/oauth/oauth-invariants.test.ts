/** What must hold across the whole room: tenants are apart, and a dump of the database is of no use. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basic, encode, openWorld, SPA_REDEEM, SPA_REQUEST, WEATHER, type World } from './oauth-world.fixture.ts';
import { readParams } from './protocol/read-params.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  world.signIn();
});
afterAll(() => world.close());

describe('another tenant', () => {
  const OTHER = 'ten_0000000000000000000000000z';

  test('knows none of our clients, secrets, codes and refresh tokens', async () => {
    const secret = await world.secretOf('machine');
    const request = (form: Record<string, string | undefined>, authorization?: string) => ({
      tenantId: OTHER,
      params: readParams(encode(form)),
      authorization,
      ip: '192.0.2.1',
    });
    const asMachine = await world.oauth.token(request({ grant_type: 'client_credentials' }, basic('machine', secret)));
    expect(asMachine.body).toMatchObject({ error: 'invalid_client' });
    const asSpa = await world.oauth.token(request({ ...SPA_REDEEM, code: await world.code() }));
    expect(asSpa.body).toMatchObject({ error: 'invalid_client' });
    const authorize = { tenantId: OTHER, params: readParams(encode(SPA_REQUEST)), cookie: '', ip: '', userAgent: '' };
    expect(await world.oauth.authorize(authorize)).toMatchObject({ kind: 'problem' });
  });

  test('can’t read our rows, whatever the query forgot to say', async () => {
    await world.code();
    const counts = await world.store.transaction({ tenantId: OTHER }, async (tx) => {
      const found: number[] = [];
      for (const table of TABLES) {
        const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(tx);
        found.push(rows[0]?.n ?? -1);
      }
      return found;
    });
    expect(counts).toEqual(TABLES.map(() => 0));
  });
});

const TABLES = [
  'client_secrets',
  'oauth_grants',
  'authorization_codes',
  'refresh_tokens',
  'consents',
  'authorization_requests',
  'token_revocations',
  'decoupled_requests',
  'audit_events',
  'changes',
] as const;

test('a dump holds nothing that could be used: no secret, code, token or interaction, in no spelling', async () => {
  const issued: string[] = [];
  const secret = await world.secretOf('web');
  issued.push(secret);
  const code = await world.code();
  issued.push(code);
  const { body } = await world.token({ ...SPA_REDEEM, code });
  issued.push(String(body.refresh_token), String(body.access_token), String(body.id_token));
  const refreshed = await world.token({
    grant_type: 'refresh_token',
    client_id: 'spa',
    refresh_token: String(body.refresh_token),
  });
  issued.push(String(refreshed.body.refresh_token), String(refreshed.body.access_token));
  const asked = await world.authorize({
    ...SPA_REQUEST,
    client_id: 'web',
    redirect_uri: 'https://web.example.com/callback',
    scope: 'openid',
  });
  if (asked.kind !== 'consent') throw new TypeError(asked.kind);
  issued.push(asked.prompt.interaction);
  const { body: device } = await world.device({ client_id: 'tv' });
  const userCode = String(device.user_code);
  issued.push(String(device.device_code));
  await world.token({ ...SPA_REDEEM, code });
  await world.revoke({ client_id: 'spa', token: String(body.refresh_token) });

  const dump = await world.store.transaction({ system: true }, async (tx) => {
    const texts: string[] = [];
    for (const table of TABLES) {
      const { rows } = await sql`select * from ${sql.table(table)}`.execute(tx);
      expect(rows.length).toBeGreaterThanOrEqual(table === 'consents' ? 0 : 1);
      texts.push(JSON.stringify(rows));
    }
    return texts.join('\n');
  });
  expect(dump).not.toContain(userCode);
  expect(dump).not.toContain(userCode.replace('-', ''));
  for (const text of issued) {
    expect(text.length).toBeGreaterThan(30);
    for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const) {
      expect(dump).not.toContain(Buffer.from(text).toString(encoding).replace(/=+$/, ''));
    }
  }
});

test('a token is for its API alone', async () => {
  const { body } = await world.token({ ...SPA_REDEEM, code: await world.code({ scope: 'weather:read' }) });
  const verify = (audience: string) =>
    world.oauth.verifier.verifyAccessToken(String(body.access_token), { audience }, world.clock.now()).ok;
  expect([verify(WEATHER), verify('urn:billing'), verify('')]).toEqual([true, false, false]);
});

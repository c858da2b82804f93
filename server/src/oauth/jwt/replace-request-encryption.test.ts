/** The key that requests are encrypted to is replaced before its time: in every process, at once or after an overlap. */
import { CompactEncrypt, importJWK, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assertionClaims, makeKey, signJwt } from '../authentication/assertions.fixture.ts';
import { actor, CHALLENGE, ISSUER, openWorld, TENANT, type World } from '../oauth-world.fixture.ts';
import type { EncryptionSaltTables } from './encryption-salts.ts';

const CALLBACK = 'https://signer.example.com/callback';
const key = makeKey('k');
let world: World;
let other: Awaited<ReturnType<World['second']>>;
const spec = {
  type: 'public',
  grants: ['authorization_code'],
  redirectUris: [CALLBACK],
  scopes: ['openid'],
  firstParty: true,
  jwks: { keys: [key.jwk] },
};
beforeAll(async () => {
  world = await openWorld();
  await world.apply([
    { kind: 'client', name: 'signer', spec },
    {
      kind: 'client',
      name: 'choosy',
      spec: { ...spec, requestObjects: { encryption: { alg: 'ECDH-ES', enc: 'A256GCM' } } },
    },
  ]);
  await world.store.changes.caughtUp();
  other = await world.second();
  world.signIn();
});
afterAll(async () => {
  await other?.oauth.close();
  await other?.store.close();
  await world?.close();
});

type Server = World['oauth'];
const published = (at: Server = world.oauth): JWK => {
  const { keys } = at.jwks(TENANT).body as { keys: JWK[] };
  return keys.find(({ use }) => use === 'enc') ?? {};
};
async function encrypted(to: JWK, { client = 'signer', ...header }: Record<string, string> = {}): Promise<string> {
  const { sub: _, ...own } = assertionClaims(client, ISSUER, world.clock.now());
  const asked = { response_type: 'code', client_id: client, redirect_uri: CALLBACK, scope: 'openid', state: 's' };
  const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
  const text = signJwt(key, { ...own, ...asked, ...pkce });
  const all = { alg: 'ECDH-ES', enc: 'A256GCM', cty: 'JWT', kid: to.kid ?? '', ...header };
  const { alg: __, ...bare } = to;
  return new CompactEncrypt(Buffer.from(text)).setProtectedHeader(all).encrypt(await importJWK(bare, all.alg));
}
const isRead = async (request: string, at: Server = world.oauth, client_id = 'signer') => {
  const params = [
    ['client_id', client_id],
    ['request', request],
  ] as const;
  const outcome = await at.authorize({
    tenantId: TENANT,
    params,
    cookie: undefined,
    ip: '192.0.2.9',
    userAgent: undefined,
  });
  return outcome.kind === 'redirect' && outcome.location.includes('code=');
};
const replace = (overlapSeconds = 0) =>
  world.oauth.replaceRequestEncryption({ tenantId: TENANT, actor, overlapSeconds });

describe('the key', () => {
  test('stops at once, here and in every other process, and what comes to the new one is read', async () => {
    const old = published();
    expect(await isRead(await encrypted(old))).toBe(true);
    const replaced = await replace();
    expect(published().kid).toBe(replaced.kid);
    expect(replaced.kid).not.toBe(old.kid);
    expect(await isRead(await encrypted(old))).toBe(false);
    expect(await isRead(await encrypted(published()))).toBe(true);
    await other.store.changes.caughtUp();
    expect(published(other.oauth).kid).toBe(replaced.kid);
    expect(await isRead(await encrypted(old), other.oauth)).toBe(false);
    expect(await isRead(await encrypted(published()), other.oauth)).toBe(true);
  });

  test('reads on for an overlap, and no longer', async () => {
    const old = published();
    const { formerReadsUntil, kid } = await replace(600);
    expect(formerReadsUntil).toBe(world.clock.now() + 600_000);
    expect(published().kid).toBe(kid);
    expect(await isRead(await encrypted(old))).toBe(true);
    world.clock.advance(600_000);
    world.signIn();
    expect(await isRead(await encrypted(old))).toBe(false);
  });

  test('does not read longer for a second replacement, and all of them stop with one that has no overlap', async () => {
    const first = published();
    await replace(60);
    const second = published();
    await replace(600);
    world.clock.advance(60_000);
    world.signIn();
    expect(await isRead(await encrypted(first))).toBe(false);
    expect(await isRead(await encrypted(second))).toBe(true);
    await replace(0);
    expect(await isRead(await encrypted(second))).toBe(false);
    expect(await isRead(await encrypted(published()))).toBe(true);
  });

  test('is there again after a restart, and what no longer reads is not kept', async () => {
    const again = await world.second();
    expect(published(again.oauth)).toEqual(published());
    await again.oauth.close();
    await again.store.close();
    const rows = await world.store.transaction({ tenantId: TENANT }, (tx) =>
      tx.withTables<EncryptionSaltTables>().selectFrom('request_encryption_salts').selectAll().execute(),
    );
    expect(rows).toHaveLength(1);
  });

  test('is one, however many replace it at the same time', async () => {
    const done = await Promise.all(Array.from({ length: 8 }, () => replace()));
    expect(new Set(done.map(({ kid }) => kid)).size).toBe(8);
    expect(done.map(({ kid }) => kid)).toContain(published().kid);
  });

  test('is looked for among the newest five, however many were to read on', async () => {
    const first = published();
    for (let n = 0; n < 4; n += 1) await replace(600);
    expect(await isRead(await encrypted(first))).toBe(true);
    await replace(600);
    expect(await isRead(await encrypted(first))).toBe(false);
  });

  test('of other tenants stays', async () => {
    const of = (tenantId: string) => JSON.stringify((world.oauth.jwks(tenantId).body as { keys: JWK[] }).keys.at(-1));
    const before = of('ten_other');
    await replace();
    expect(of('ten_other')).toBe(before);
  });
});

test('a client that declares how it encrypts is read in no other way', async () => {
  const to = published();
  const client = 'choosy';
  expect(await isRead(await encrypted(to, { client }), world.oauth, client)).toBe(true);
  expect(await isRead(await encrypted(to, { client, enc: 'A128GCM' }), world.oauth, client)).toBe(false);
  expect(await isRead(await encrypted(to, { client, alg: 'ECDH-ES+A256KW' }), world.oauth, client)).toBe(false);
});

import { expect, test } from 'vitest';
import type { Principal } from '#base';
import { fixedClock, seededRandom } from '#testing';
import { singleIssuer } from '../issuers.ts';
import { createIdentitySigner } from './sign-identity.ts';

const principal: Principal = {
  type: 'user',
  id: 'usr_1',
  tenantId: 'ten_1',
  roles: ['analyst'],
  scopes: ['a', 'b'],
  credential: { type: 'access_token', id: 'tok_1', clientId: 'spa' },
};

function signerWith(live = { keys: new Set(['k1']) }) {
  const clock = fixedClock();
  const signed: { claims: object; typ: string }[] = [];
  const signingKeys = {
    sign: async (_: string, claims: object, { typ }: { typ: string }) => {
      signed.push({ claims, typ });
      const [kid] = live.keys;
      return `${Buffer.from(JSON.stringify({ kid })).toString('base64url')}.${signed.length}`;
    },
    verificationKey: (_: string, kid: string) => (live.keys.has(kid) ? ({} as never) : undefined),
  };
  const signer = createIdentitySigner({
    clock,
    random: seededRandom(),
    signingKeys,
    issuers: singleIssuer('https://id.example.com/', 'ten_1'),
  });
  return { signer, clock, signed, live };
}

test('says who is calling, for one upstream, for a minute, with a type of its own', async () => {
  const { signer, clock, signed } = signerWith();
  await signer.identityFor(principal, 'https://up.example.com', clock.now());
  const iat = Math.floor(clock.now() / 1000);
  expect(signed).toEqual([
    {
      typ: 'identity+jwt',
      claims: {
        iss: 'https://id.example.com',
        sub: 'usr_1',
        aud: 'https://up.example.com',
        iat,
        exp: iat + 60,
        jti: expect.stringMatching(/^tok_/),
        principal_type: 'user',
        tenant_id: 'ten_1',
        roles: ['analyst'],
        scope: 'a b',
        credential_type: 'access_token',
        credential_id: 'tok_1',
        client_id: 'spa',
      },
    },
  ]);
});

test('is signed once in 30 seconds, also when many ask at once; then it is there without waiting', async () => {
  const { signer, clock, signed } = signerWith();
  const all = await Promise.all(Array.from({ length: 20 }, () => signer.identityFor(principal, 'a', clock.now())));
  expect([new Set(all).size, signed.length]).toEqual([1, 1]);
  expect(signer.identityFor(principal, 'a', clock.now() + 29_999)).toBe(all[0]);
  await signer.identityFor(principal, 'a', clock.now() + 30_000);
  expect(signed.length).toBe(2);
});

test.each<[string, Partial<Principal>, string]>([
  ['another upstream', {}, 'b'],
  ['another person', { id: 'usr_2' }, 'a'],
  ['another tenant', { tenantId: 'ten_2' }, 'a'],
  ['another type', { type: 'client' }, 'a'],
  ['fewer roles', { roles: [] }, 'a'],
  ['other scopes', { scopes: ['a b'] }, 'a'],
  ['another credential', { credential: { type: 'access_token', id: 'tok_2' } }, 'a'],
  ['another organization', { organizationId: 'org_1' }, 'a'],
  ['an actor', { act: { sub: 'usr_3' } }, 'a'],
])('is never shared with %s', async (_, changes, audience) => {
  const { signer, clock } = signerWith();
  const first = await signer.identityFor(principal, 'a', clock.now());
  expect(await signer.identityFor({ ...principal, ...changes }, audience, clock.now())).not.toBe(first);
});

test('ends with its key', async () => {
  const { signer, clock, live, signed } = signerWith();
  await signer.identityFor(principal, 'a', clock.now());
  live.keys = new Set(['k2']);
  await signer.identityFor(principal, 'a', clock.now());
  expect(signed.length).toBe(2);
});

test('a failure to sign is not remembered', async () => {
  const { clock } = signerWith();
  let failures = 1;
  const signer = createIdentitySigner({
    clock,
    random: seededRandom(),
    issuers: singleIssuer('https://id.example.com', 'ten_1'),
    signingKeys: {
      sign: async () => {
        failures -= 1;
        if (failures >= 0) throw new TypeError('no key');
        return 'e30.x';
      },
      verificationKey: () => undefined,
    },
  });
  await expect(signer.identityFor(principal, 'a', clock.now())).rejects.toThrow('no key');
  expect(await signer.identityFor(principal, 'a', clock.now())).toBe('e30.x');
});

test.each(['live', 'test'] as const)(
  'of a %s key, says so; the same key was of another environment never',
  async (environment) => {
    const { signer, clock, signed } = signerWith();
    const of = (each: 'live' | 'test') => ({
      ...principal,
      credential: { type: 'api_key' as const, id: 'key_1', environment: each },
    });
    await signer.identityFor(of(environment), 'https://up.example.com', clock.now());
    await signer.identityFor(of(environment === 'live' ? 'test' : 'live'), 'https://up.example.com', clock.now());
    expect(signed.map(({ claims }) => Reflect.get(claims, 'api_key_environment'))).toEqual(
      environment === 'live' ? ['live', 'test'] : ['test', 'live'],
    );
  },
);

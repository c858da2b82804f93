import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { singleIssuer } from '../issuers.ts';
import { ISSUER, openWorld, TENANT, type World } from '../oauth-world.fixture.ts';
import { addressOf } from './paths.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

describe('endpoints that ask for a certificate (RFC 8705 §5)', () => {
  test('are told by the names of those that they are the same as', () => {
    const body = world.oauth.discovery(TENANT).body as Record<string, unknown>;
    const aliases = body.mtls_endpoint_aliases as Record<string, string>;
    expect(Object.keys(aliases).sort()).toEqual([
      'backchannel_authentication_endpoint',
      'device_authorization_endpoint',
      'introspection_endpoint',
      'pushed_authorization_request_endpoint',
      'revocation_endpoint',
      'token_endpoint',
      'userinfo_endpoint',
    ]);
    for (const [name, alias] of Object.entries(aliases)) {
      expect([name, alias.replace('https://mtls.id.example.com', ISSUER)]).toEqual([name, body[name]]);
    }
    expect(body.issuer).toBe(ISSUER);
  });

  test('are none where the operator names no address for them', () => {
    expect(addressOf(singleIssuer(ISSUER), TENANT, 'token')).toEqual({
      url: `${ISSUER}/oauth/token`,
      alias: undefined,
    });
  });
});

import { describe, expect, test } from 'vitest';
import { fixedClock } from '#testing';
import { head, openFixture, principal, route, seen, TOKEN } from './gateway.fixture.ts';

const AT = fixedClock().now();
const spec = { match: { path: '/pay', methods: ['POST'] }, api: 'weather' };
const strict = route('pay', {
  ...spec,
  authorize: { scopes: ['weather:read'], acr: ['mfa', 'phr'], maxAgeSeconds: 300 },
});

/** A person who signed in so long ago, so strongly. */
function call(more: { acr?: string; ageSeconds?: number }, pay = strict) {
  const { gateway } = openFixture({
    routes: [pay],
    resourceMetadataUrl: (api) => `https://id.example.com/.well-known/oauth-protected-resource/${api}`,
    credentials: {
      [TOKEN]: principal({
        type: 'user',
        ...(more.acr === undefined ? {} : { acr: more.acr }),
        ...(more.ageSeconds === undefined ? {} : { authTime: Math.floor(AT / 1000) - more.ageSeconds }),
      }),
    },
  });
  return gateway.handler(head('/pay', { method: 'POST', credential: TOKEN }));
}

describe('a route may demand how and when the person signed in (RFC 9470)', () => {
  test.each([
    ['strongly and lately', { acr: 'mfa', ageSeconds: 300 }],
    ['the other way, just now', { acr: 'phr', ageSeconds: 0 }],
  ])('passes: %s', async (_, more) => {
    expect((await call(more)).kind).toBe('forward');
  });

  test.each([
    ['too long ago', { acr: 'mfa', ageSeconds: 301 }, 'too_long_ago'],
    ['too weakly', { acr: 'pwd', ageSeconds: 0 }, 'too_weak'],
    ['nobody knows how', { ageSeconds: 0 }, 'too_weak'],
    ['nobody knows when', { acr: 'mfa' }, 'too_long_ago'],
    ['no sign-in at all', {}, 'too_weak'],
  ])('401: %s', async (_, more, reason) => {
    const { status, problem, headers } = seen(await call(more));
    expect({ status, code: problem.code, reason: problem.reason }).toEqual({
      status: 401,
      code: 'authentication_insufficient',
      reason,
    });
    expect(problem).toMatchObject({ acr_values: ['mfa', 'phr'], max_age: 300 });
    expect(headers['www-authenticate']).toBe(
      'Bearer realm="weather", resource_metadata="https://id.example.com/.well-known/oauth-protected-resource/weather", ' +
        'scope="weather:read", error="insufficient_user_authentication", acr_values="mfa phr", max_age="300"',
    );
  });

  test('a credential that knows of no sign-in hears that it never will', async () => {
    expect(seen(await call({})).problem.detail).toContain('knows of no sign-in');
    expect(seen(await call({ ageSeconds: 0 })).problem.detail).toContain('sign in again');
  });

  test('403 first: who may not do it at all is not sent to sign in again', async () => {
    const other = route('pay', { ...spec, authorize: { scopes: ['weather:write'], maxAgeSeconds: 1 } });
    const { status, headers } = seen(await call({ ageSeconds: 900 }, other));
    expect(status).toBe(403);
    expect(headers['www-authenticate']).toContain('scope="weather:write", error="insufficient_scope"');
  });
});

describe('what an API is, at its own address (RFC 9728)', () => {
  const document = { resource: 'https://api.example.com/pay' };
  const ask = (path: string, method = 'GET') => {
    const { gateway, records } = openFixture({
      routes: [strict],
      deps: {
        resourceMetadata: (_, { host, path: asked }) =>
          host === 'gw.test' && asked === '/.well-known/oauth-protected-resource/pay' ? document : undefined,
      },
    });
    return { verdict: gateway.handler({ ...head(path, { method }), host: 'gw.test' }), records };
  };

  test('200 for anyone, from any page', async () => {
    const { verdict, records } = ask('/.well-known/oauth-protected-resource/pay');
    const reply = await verdict;
    if (reply.kind !== 'reply') throw new TypeError(reply.kind);
    expect(reply.status).toBe(200);
    expect(JSON.parse(String(reply.body))).toEqual(document);
    expect(reply.headers).toContain('access-control-allow-origin');
    reply.onDone({ status: 200, bytesIn: 0, bytesOut: 0, durationMilliseconds: 1, aborted: false });
    expect(records).toMatchObject([{ status: 200, allowed: true, reason: 'resource_metadata' }]);
  });

  test.each([
    ['/.well-known/oauth-protected-resource/other', 'GET'],
    ['/.well-known/oauth-protected-resource', 'GET'],
    ['/.well-known/oauth-protected-resource/pay', 'POST'],
    ['/.well-known/oauth-protected-resource/%70ay/../pay', 'DELETE'],
  ])('404: %s %s', async (path, method) => {
    expect((await ask(path, method).verdict) as { status?: number }).toMatchObject({ status: 404 });
  });
});

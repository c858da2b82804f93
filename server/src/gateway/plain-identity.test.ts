import { describe, expect, test } from 'vitest';
import { checkRoute } from './check-route.ts';
import { forwarded, head, headerMap, KEY, openFixture, principal, route } from './gateway.fixture.ts';

const NAMES = { 'x-user-id': 'id', 'x-user-type': 'type', 'x-organization-id': 'organization', 'x-roles': 'roles' };
const plain = (identityHeaders: object, more: object = {}) =>
  route('a', {
    match: { path: '/*', methods: ['GET'] },
    authorize: { scopes: ['weather:read'] },
    ...more,
    upstream: { url: 'http://upstream.test:9000', identityHeaders },
  });

async function received(identityHeaders: object, who: Parameters<typeof principal>[0], headers: string[] = []) {
  const credentials = { [KEY]: principal(who) };
  const { gateway } = openFixture({ routes: [plain(identityHeaders)], credentials });
  return headerMap(forwarded(await gateway.handler(head('/a', { credential: KEY, headers }))).headers);
}

describe('who calls, in plain headers', () => {
  test('what there is to tell, beside the signed identity', async () => {
    const headers = await received(NAMES, { roles: ['clerk', 'buyer'] });
    expect(headers).toMatchObject({
      'x-user-id': 'key_1',
      'x-user-type': 'api_key',
      'x-organization-id': 'org_1',
      'x-roles': 'clerk buyer',
      'gatehouse-identity': expect.any(String),
    });
  });

  test('without the signed one', async () => {
    const only = plain({ 'x-user-id': 'id' });
    const routes = [{ ...only, spec: { ...only.spec, upstream: { ...only.spec.upstream, sendIdentity: false } } }];
    const { gateway } = openFixture({ routes });
    const headers = headerMap(forwarded(await gateway.handler(head('/a', { credential: KEY }))).headers);
    expect([headers['x-user-id'], headers['gatehouse-identity']]).toEqual(['key_1', undefined]);
  });

  test.each([
    ['nothing of what it can not tell', { 'x-org-id': 'organization', 'x-roles': 'roles', 'x-user-act': 'actor' }],
    ['nothing where nothing is asked for', {}],
  ])('%s, and nothing of what the caller claims, in any spelling', async (_what, names) => {
    const claimed = ['x-org-id', 'X_Org_Id', 'x.org.id', 'x-roles', 'x_roles', 'x-user-act', 'x_user-act', 'x-user-id'];
    const who = { type: 'api_key' as const, id: 'key_2', tenantId: principal().tenantId, roles: [] };
    const credentials = { [KEY]: { ...who, scopes: ['weather:read'], credential: principal().credential } };
    const { gateway } = openFixture({ routes: [plain(names)], credentials });
    const sent = claimed.flatMap((name) => [name.toLowerCase(), 'admin']);
    const headers = forwarded(await gateway.handler(head('/a', { credential: KEY, headers: sent }))).headers;
    expect(JSON.stringify(headers)).not.toContain('admin');
  });

  test.each([
    ['https://login.example#jürgen', 'https://login.example#j%C3%BCrgen'],
    ['a\r\nx-roles: admin', 'a%0D%0Ax-roles: admin'],
    ['100%41', '100%2541'],
    ['\ud800', '%EF%BF%BD'],
  ])('the id %j is written %s', async (id, expected) => {
    expect((await received({ 'x-user-id': 'id' }, { id }))['x-user-id']).toBe(expected);
  });
});

test.each<[name: string, problem: string | undefined, more?: object]>([
  ['x-user-id', undefined],
  ['remote-user', undefined],
  ['x-remote-user', undefined],
  ['x-remote-group', undefined],
  ['x-auth-request-user', undefined],
  ['x-webauth-user', undefined],
  ['x-forwarded-user', undefined],
  ['x-consumer-id', undefined],
  ['x-organization-id', undefined],
  ['x-caller', 'upstream.identityHeaders.x-caller'],
  ['X-User-Id', 'upstream.identityHeaders.X-User-Id'],
  ['x_user_id', 'upstream.identityHeaders.x_user_id'],
  ['x-forwarded-for', 'upstream.identityHeaders.x-forwarded-for'],
  ['x-forwarded-host', 'upstream.identityHeaders.x-forwarded-host'],
  ['gatehouse-identity', 'upstream.identityHeaders.gatehouse-identity'],
  ['authorization', 'upstream.identityHeaders.authorization'],
  ['content-length', 'upstream.identityHeaders.content-length'],
  ['host', 'upstream.identityHeaders.host'],
  ['x-real-ip', 'upstream.identityHeaders.x-real-ip'],
  ['x-client-cert', 'upstream.identityHeaders.x-client-cert'],
  ['x-consumer-anything', 'upstream.identityHeaders.x-consumer-anything'],
  ['x-user-id', 'upstream.identityHeaders', { authenticate: ['anonymous'], authorize: {} }],
])('the name %s', (name, problem, more) => {
  const found = checkRoute(plain({ [name]: 'id' }, more).spec).map(({ path }) => path);
  expect(found).toEqual(problem === undefined ? [] : [problem]);
});

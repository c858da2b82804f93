import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestControlServer, type TestControlServer } from '../control-server.fixture.ts';
import { adminCalls, type Call, org, put } from './admin-calls.fixture.ts';

let here: TestControlServer;
beforeAll(async () => {
  here = await openTestControlServer();
});
afterAll(() => here.close());

const { call, outcome } = adminCalls(() => here);

describe('one resource', () => {
  it('is created, read, replaced with the tag that was read, and deleted', async () => {
    const created = await call(put('acme', 'Acme'));
    expect(created.statusCode).toBe(201);
    expect(created.json()).toMatchObject({
      kind: 'organization',
      name: 'acme',
      version: 1,
      spec: { displayName: 'Acme' },
      builtIn: false,
    });
    expect(created.json().tenantId).toBeUndefined();
    const tag = String(created.headers.etag);

    const read = await call({ url: '/organizations/acme' });
    expect([read.json(), read.headers.etag]).toEqual([created.json(), tag]);
    expect((await call({ url: '/organizations/acme', headers: { 'if-none-match': tag } })).statusCode).toBe(304);

    expect(await outcome(put('acme', 'Acme'))).toBe('200');
    expect(await outcome(put('acme', 'Acme 2'))).toBe('428 resource_precondition_missing');
    expect(await outcome(put('acme', 'Acme 2', { 'if-none-match': '*' }))).toBe('412 resource_exists');
    expect(await outcome(put('acme', 'Acme 2', { 'if-match': '"else"' }))).toBe('412 resource_changed');
    expect(await outcome(put('acme', 'Acme 2', { 'if-match': `W/${tag}` }))).toBe('412 resource_changed');
    const replaced = await call(put('acme', 'Acme 2', { 'if-match': `"else", ${tag}` }));
    expect([replaced.statusCode, replaced.json().version]).toEqual([200, 2]);
    expect(await outcome(put('acme', 'Acme 3', { 'if-match': tag }))).toBe('412 resource_changed');
    expect(await outcome(put('acme', 'Acme 3', { 'if-match': '*' }))).toBe('200');

    expect(await outcome({ method: 'DELETE', url: '/organizations/acme', headers: { 'if-match': tag } })).toBe(
      '412 resource_changed',
    );
    expect(await outcome({ method: 'DELETE', url: '/organizations/acme', headers: { 'if-match': '*' } })).toBe('204');
    expect(await outcome({ url: '/organizations/acme' })).toBe('404 resource_not_found');
    expect(await outcome({ method: 'DELETE', url: '/organizations/acme' })).toBe('404 resource_not_found');
  });

  const refused: [name: string, input: Call, expected: string][] = [
    ['a precondition without quotes', put('x', 'X', { 'if-match': 'abc' }), '400 precondition_malformed'],
    ['both preconditions', put('x', 'X', { 'if-match': '*', 'if-none-match': '*' }), '400 precondition_malformed'],
    ['a tag in If-None-Match', put('x', 'X', { 'if-none-match': '"a"' }), '400 precondition_malformed'],
    ['replacing what is not there', put('x', 'X', { 'if-match': '*' }), '412 resource_changed'],
    ['another name in the body', { ...put('x', 'X'), payload: { name: 'y', ...org('Y') } }, '400 name_mismatch'],
    ['another kind in the body', { ...put('x', 'X'), payload: { kind: 'role', ...org('Y') } }, '400 name_mismatch'],
    ['no spec', { ...put('x', 'X'), payload: {} }, '400 invalid_input'],
    [
      'a field of the answer in the body',
      { ...put('x', 'X'), payload: { version: 1, ...org('X') } },
      '400 invalid_input',
    ],
    ['a list as body', { ...put('x', 'X'), payload: [] }, '400 invalid_input'],
    ['a name that is none', put('X', 'X'), '400 invalid_input'],
    [
      'changing what is part of the program',
      { method: 'PUT', url: '/roles/viewer', payload: { spec: { permissions: ['*'] } }, headers: { 'if-match': '*' } },
      '409 resource_built_in',
    ],
    [
      'deleting what is part of the program',
      { method: 'DELETE', url: '/roles/administrator' },
      '409 resource_built_in',
    ],
    [
      'deleting only what is not there',
      { method: 'DELETE', url: '/roles/viewer', headers: { 'if-none-match': '*' } },
      '400 precondition_malformed',
    ],
  ];
  it.each(refused)('refuses %s', async (_name, input, expected) => {
    expect(await outcome(input)).toBe(expected);
    expect(await outcome({ url: '/organizations/x' })).toBe('404 resource_not_found');
  });

  it('of many who read the same state, one replaces it', async () => {
    const tag = String((await call(put('raced', 'A'))).headers.etag);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) => outcome(put('raced', `B${index}`, { 'if-match': tag }))),
    );
    expect(outcomes.sort()).toEqual(['200', ...Array(7).fill('412 resource_changed')]);
  });

  it('pages through a list', async () => {
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const url: string = `/roles?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`;
      const page = (await call({ url })).json();
      names.push(...page.items.map(({ name }: { name: string }) => name));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(names).toEqual(['administrator', 'doctor', 'help-desk', 'key-issuer', 'member', 'role-writer', 'viewer']);
  });
});

describe('nobody lifts himself up', () => {
  const role = (...permissions: string[]) => ({ spec: { permissions } });
  it.each([
    ['everything', role('*')],
    ['a pattern wider than his own', role('*:read')],
    ['one permission he lacks', role('roles:read', 'keys:write')],
  ])('a writer of roles does not make one with %s', async (_name, payload) => {
    const response = await call({ method: 'PUT', url: '/roles/mine', as: 'role-writer', payload });
    expect([response.statusCode, response.json().code]).toEqual([403, 'grant_exceeds_own']);
  });

  it('nor by a bundle, nor by a plan', async () => {
    const payload = { documents: [{ kind: 'role', name: 'mine', ...role('*') }] };
    expect(await outcome({ method: 'POST', url: '/apply', as: 'role-writer', payload })).toBe('403 permission_missing');
    expect(await outcome({ method: 'POST', url: '/apply', as: 'key-issuer', payload })).toBe('403 write_not_permitted');
    expect(await outcome({ method: 'POST', url: '/apply?dryRun=true', as: 'viewer', payload })).toBe(
      '403 grant_exceeds_own',
    );
  });

  it('a writer of roles makes one of what he holds', async () => {
    expect(
      await outcome({ method: 'PUT', url: '/roles/mine', as: 'role-writer', payload: role('roles:read', 'roles:*') }),
    ).toBe('201');
  });

  it.each([
    ['a role greater than his own', { name: 'k', roles: ['administrator'] }, '403 grant_beyond_own'],
    ['a scope he does not hold', { name: 'k', scopes: ['weather:write'] }, '403 grant_beyond_own'],
    ['a role that does not exist', { name: 'k', roles: ['nobody'] }, '400 role_not_found'],
    [
      'acting for somebody else',
      { name: 'k', owner: { type: 'user', id: 'usr_administrator' } },
      '403 grant_beyond_own',
    ],
  ])('an issuer of keys hands out no key with %s', async (_name, payload, expected) => {
    expect(await outcome({ method: 'POST', url: '/keys', as: 'key-issuer', payload })).toBe(expected);
    expect((await call({ url: '/keys?limit=1' })).json().items).toEqual([]);
  });
});

describe('API keys', () => {
  it('are issued once, listed without the key, and revoked', async () => {
    const payload = { name: 'demo', scopes: ['weather:read'], roles: ['key-issuer'], expiresInSeconds: 60 };
    const issued = await call({ method: 'POST', url: '/keys', as: 'key-issuer', payload });
    expect(issued.statusCode).toBe(201);
    const { key, ...rest } = issued.json();
    expect(key).toMatch(/^gh_live_/);
    expect(rest).toMatchObject({
      name: 'demo',
      environment: 'live',
      scopes: ['weather:read'],
      roles: ['key-issuer'],
      plan: null,
      revokedAt: null,
    });
    expect(rest.expiresAt - rest.createdAt).toBe(60_000);
    expect(issued.headers.location).toBe(`/api/v1/keys/${rest.id}`);
    expect(issued.headers['cache-control']).toBe('no-store');

    for (const url of ['/keys', `/keys/${rest.id}`]) {
      const listed = await call({ url, as: 'viewer' });
      expect(listed.body).toContain(rest.id);
      expect(listed.body).not.toContain(key);
    }
    const revoked = await call({
      method: 'POST',
      url: `/keys/${rest.id}/revoke`,
      as: 'key-issuer',
      payload: { reason: 'leaked' },
    });
    expect(revoked.json()).toMatchObject({ id: rest.id, revokeReason: 'leaked' });
    expect(await outcome({ url: '/keys/key_unknown' })).toBe('404 api_key_not_found');
    const events = (await call({ url: '/audit/events?targetType=api_key', as: 'viewer' })).json();
    expect(events.items.map(({ type }: { type: string }) => type)).toEqual(['api_key.revoked', 'api_key.issued']);
    expect(here.logged()).not.toContain(key);
  });

  it.each([
    ['a lifetime of nothing', { name: 'x', expiresInSeconds: 0 }],
    ['a lifetime of a thousand years', { name: 'x', expiresInSeconds: 31_536_000_000 }],
    ['an absolute end', { name: 'x', expiresAt: 1 }],
    ['a scope with a space', { name: 'x', scopes: ['a b'] }],
    ['no name', {}],
    ['a name of 64 characters', { name: 'x'.repeat(64) }],
    ['a name with U+0000, which no text in the database holds', { name: 'a\u0000b' }],
    ['an owner with U+0000', { name: 'x', owner: { type: 'user', id: 'usr_\u0000' } }],
    ['201 scopes', { name: 'x', scopes: Array.from({ length: 201 }, (_, index) => `s${index}`) }],
  ])('refuse %s', async (_name, payload) => {
    expect(await outcome({ method: 'POST', url: '/keys', payload })).toBe('400 invalid_input');
  });
});

describe('a caller inside an organization, though an administrator there', () => {
  const as = 'administrator~acme';

  it.each([
    { url: '/organizations' },
    { url: '/roles/administrator' },
    put('evil', 'Evil'),
    { method: 'DELETE', url: '/organizations/acme' },
    {
      method: 'POST',
      url: '/apply',
      payload: { documents: [{ kind: 'role', name: 'r', spec: { permissions: ['*'] } }] },
    },
    { url: '/export' },
    { url: '/signing-keys' },
    { method: 'POST', url: '/signing-keys/rotate', payload: {} },
    { method: 'POST', url: '/audit/verify' },
    { method: 'POST', url: '/backup', payload: {} },
  ] satisfies Call[])('has no say in what belongs to all: $method $url', async (input) => {
    expect(await outcome({ ...input, as })).toBe('403 outside_organization');
  });

  it('keeps keys inside it, and sees no others', async () => {
    const outside = (await call({ method: 'POST', url: '/keys', payload: { name: 'outside' } })).json();
    const inside = (await call({ method: 'POST', url: '/keys', as, payload: { name: 'inside' } })).json();
    expect(inside.organizationId).toBe('org_acme');
    const listed = (await call({ url: '/keys', as })).json();
    expect(listed.items.map(({ id }: { id: string }) => id)).toEqual([inside.id]);
    expect(await outcome({ url: `/keys/${outside.id}`, as })).toBe('404 api_key_not_found');
    expect(await outcome({ method: 'POST', url: `/keys/${outside.id}/revoke`, as, payload: {} })).toBe(
      '404 api_key_not_found',
    );
    const events = (await call({ url: '/audit/events?targetType=api_key', as })).json();
    expect(events.items.map(({ target }: { target: { id: string } }) => target.id)).toEqual([inside.id]);
  });
});

it.each(['/keys/a%00b', '/keys?ownerId=%00', '/audit/events?actorId=a%00', '/decisions/%00', '/keys?cursor=%00'])(
  'U+0000 in an address is the caller’s mistake, not ours: %s',
  async (url) => expect(Math.floor((await call({ url })).statusCode / 100)).toBe(4),
);

describe('what live API keys use', () => {
  const issue = async (payload: object) => (await call({ method: 'POST', url: '/keys', payload })).json();
  const revoke = (id: string) => call({ method: 'POST', url: `/keys/${id}/revoke`, payload: {} });
  const role = { spec: { permissions: ['routes:read'] } };
  const planned = { spec: { limits: [{ requests: 1, perSeconds: 1 }] } };

  it.each([
    ['a role', '/roles/kept', role, { roles: ['kept'] }],
    ['a plan', '/plans/kept', planned, { plan: 'kept' }],
  ])(
    '%s can’t be deleted, nor pruned, until the key has ended: made anew it would revive the key’s rights',
    async (_name, url, payload, use) => {
      await call({ method: 'PUT', url, payload });
      await here.rolesCaughtUp();
      const { id } = await issue({ name: 'holder', ...use });
      const refused = await call({ method: 'DELETE', url });
      expect([refused.statusCode, refused.json().code, refused.json().uses]).toEqual([
        409,
        'resource_referenced',
        [{ by: 'API keys', count: 1 }],
      ]);
      const documents = [{ kind: 'organization', name: 'other', ...org('Other') }];
      const kind = url.split('/')[1]?.slice(0, -1);
      const pruned = { method: 'POST', url: `/apply?prune=${kind}`, payload: { documents } } as const;
      expect(await outcome(pruned)).toBe('409 resource_referenced');
      await revoke(id);
      expect(await outcome({ method: 'DELETE', url })).toBe('204');
    },
  );
});

describe('what happened', () => {
  it('can be listed and verified', async () => {
    const verified = (await call({ method: 'POST', url: '/audit/verify', as: 'viewer' })).json();
    expect(verified).toMatchObject({ ok: true, problems: [] });
    expect(verified.events).toBeGreaterThan(1);
    const page = (await call({ url: '/audit/events?limit=1' })).json();
    const next = (await call({ url: `/audit/events?limit=1&cursor=${page.nextCursor}` })).json();
    expect(next.items[0].sequence).toBe(page.items[0].sequence - 1);
    expect(await outcome({ url: '/audit/events?cursor=x' })).toMatch(/^400 /);
  });

  it('a decision that was never recorded is not found', async () => {
    expect(await outcome({ url: '/decisions/dec_unknown', as: 'viewer' })).toBe('404 decision_not_found');
    expect((await call({ url: '/access-records?allowed=false' })).json()).toEqual({ items: [], nextCursor: null });
  });
});

it('tells every caller who he is', async () => {
  const me = (await call({ url: '/whoami', as: 'none' })).json();
  expect(me).toMatchObject({ principal: { type: 'user', id: 'usr_none', roles: [] }, permissions: [] });
  expect((await call({ url: '/whoami', as: 'viewer' })).json().permissions).toEqual(['*:read']);
});

it('lists the kinds with their schemas', async () => {
  const { items } = (await call({ url: '/kinds' })).json();
  expect(items.map(({ kind }: { kind: string }) => kind)).toEqual(['organization', 'role', 'plan', 'user_schema']);
  expect(items[1]).toMatchObject({
    plural: 'roles',
    permissions: ['roles:read', 'roles:write'],
    builtIns: ['administrator', 'viewer'],
  });
  expect(items[1].schema.properties.permissions.type).toBe('array');
});

describe('plans', () => {
  const plan = (spec: object = {}) => ({ spec: { limits: [{ requests: 1, perSeconds: 1 }], ...spec } });
  const post = (payload: object, as: string) => call({ method: 'POST', url: '/keys', payload, as });

  it('are given by who has a say over them; others are told which, and what to do', async () => {
    await call({ method: 'PUT', url: '/plans/reserved', payload: plan() });
    await call({ method: 'PUT', url: '/plans/public', payload: plan({ assignableBy: 'everyone' }) });
    const refused = await post({ name: 'k', plan: 'reserved' }, 'key-issuer');
    expect([refused.statusCode, refused.json()]).toEqual([
      403,
      expect.objectContaining({
        code: 'plan_beyond_own',
        plan: 'reserved',
        missing: ['plans:assign'],
        detail:
          'You may not put anything on the plan "reserved". Leave the plan out, name a plan that is assignable by everyone, or ask an administrator who has the permission plans:assign.',
      }),
    ]);
    const [open, given] = [
      await post({ name: 'k', plan: 'public' }, 'key-issuer'),
      await post({ name: 'k', plan: 'reserved' }, 'administrator'),
    ];
    expect([open.json().plan, given.json().plan]).toEqual(['public', 'reserved']);
    const patch = (id: string, payload: object) =>
      outcome({ method: 'PATCH', url: `/keys/${id}`, payload, as: 'key-issuer' });
    expect([
      await patch(open.json().id, { plan: 'reserved' }),
      await patch(open.json().id, { plan: null }),
      await patch(given.json().id, { plan: null }),
      await patch(given.json().id, { plan: 'reserved', name: 'other' }),
      await patch(given.json().id, { plan: 'public' }),
    ]).toEqual(['403 plan_beyond_own', '403 plan_beyond_own', '403 plan_beyond_own', '200', '200']);
    for (const { id } of [open.json(), given.json()])
      await call({ method: 'POST', url: `/keys/${id}/revoke`, payload: {} });
  });
});

describe('new API keys', () => {
  it.each<[string, string, string[], object[]]>([
    [
      'a scope that is one letter from a declared one',
      'administrator',
      ['orders:all', 'weather:read'],
      [{ code: 'scope_undeclared', path: 'scopes.1', message: expect.stringContaining('mean "weather:reads"?') }],
    ],
    ['no scope that is another word', 'administrator', ['weather:write'], []],
    ['nothing, where the issuer may not read APIs', 'key-issuer', ['weather:read'], []],
  ])('are warned of: %s', async (_name, as, scopes, warnings) => {
    const issued = await call({ method: 'POST', url: '/keys', as, payload: { name: 'new', scopes } });
    expect(issued.json()).toMatchObject({ scopes, warnings });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestControlServer, type TestControlServer } from '../control-server.fixture.ts';
import { adminCalls, type Call } from './admin-calls.fixture.ts';

let here: TestControlServer;
beforeAll(async () => {
  here = await openTestControlServer();
});
afterAll(() => here.close());

const { call, outcome } = adminCalls(() => here);

describe('bundles', () => {
  const yaml = { 'content-type': 'application/yaml' };
  const apply = (text: string, query = '', more: Partial<Call> = {}): Call => ({
    method: 'POST',
    url: `/apply${query}`,
    payload: text,
    ...more,
    headers: { ...yaml, ...more.headers },
  });
  const plan = (name: string, requests = 10) =>
    `kind: plan\nname: ${name}\nspec:\n  limits:\n    - {requests: ${requests}, perSeconds: 60}\n`;

  it('are planned, applied with the tag of the plan, and exported again', async () => {
    const text = `${plan('free')}---\n${plan('paid', 1000)}`;
    const planned = await call(apply(text, '?dryRun=true', { as: 'viewer' }));
    expect(planned.json()).toMatchObject({
      applied: false,
      summary: { create: 2, update: 0, delete: 0, unchanged: 0 },
    });
    expect(planned.json().changes[0].diff).toContain('+kind: plan\n+name: free\n');
    expect(await outcome({ url: '/plans/free' })).toBe('404 resource_not_found');

    const applied = await call(apply(text, '', { headers: { 'if-match': String(planned.headers.etag) } }));
    expect(applied.json()).toMatchObject({ applied: true, summary: { create: 2 } });
    expect(await outcome(apply(text, '', { headers: { 'if-match': String(planned.headers.etag) } }))).toBe(
      '412 plan_outdated',
    );
    expect((await call(apply(text))).json().summary).toEqual({ create: 0, update: 0, delete: 0, unchanged: 2 });

    const exported = await call({ url: '/export?kind=plan', headers: { accept: 'application/yaml' }, as: 'viewer' });
    expect(exported.headers['content-type']).toContain('application/yaml');
    expect((await call(apply(exported.body))).json().summary).toMatchObject({ unchanged: 2 });
    const one = await call({ url: '/export?kind=plan&name=paid', headers: { accept: 'application/yaml' } });
    expect(one.body).toMatch(/^kind: plan\nname: paid\n/);
    const { documents } = (await call({ url: '/export?kind=plan' })).json();
    const asJson = await call({ method: 'POST', url: '/apply', payload: { documents } });
    expect(asJson.json().summary).toMatchObject({ unchanged: 2 });
  });

  it('are taken with warnings, and with `strict` refused for them', async () => {
    const doubtful = plan('warned').replace('spec:', 'spec:\n  description: doubtful');
    const place = { path: 'spec.description', line: 4, column: 16, message: 'is it right?' };
    const warnings = [{ code: 'doubt', kind: 'plan', name: 'warned', ...place }];
    const planned = (await call(apply(doubtful, '?dryRun=true', { as: 'viewer' }))).json();
    expect(planned).toMatchObject({ applied: false, warnings, warningsLeftOut: 0, warningsNeed: [] });
    for (const query of ['?strict=true', '?strict=true&dryRun=true']) {
      const refused = await call(apply(doubtful, query));
      expect(refused.statusCode).toBe(400);
      expect(refused.json()).toMatchObject({ code: 'warnings_refused', fields: [place], warnings });
    }
    expect(await outcome({ url: '/plans/warned' })).toBe('404 resource_not_found');
    expect((await call(apply(doubtful))).json()).toMatchObject({ applied: true, warnings });
    expect((await call(apply(plan('unwarned'), '?strict=true'))).json()).toMatchObject({ applied: true, warnings: [] });
  });

  it('prune what they do not name, of the kinds named', async () => {
    await call(apply(`${plan('keep')}---\n${plan('drop')}`));
    const pruned = await call(apply(plan('keep'), '?prune=plan'));
    expect(
      pruned
        .json()
        .changes.filter(({ action }: { action: string }) => action === 'delete')
        .map(({ name }: { name: string }) => name),
    ).toContain('drop');
    expect(await outcome({ url: '/roles/key-issuer' })).toBe('200');
    const everything = await call(apply(plan('keep'), '?prune=true&dryRun=true'));
    expect(everything.json().changes.map(({ name }: { name: string }) => name)).toContain('key-issuer');
  });

  const refused: [name: string, input: Call, expected: string, detail: string][] = [
    ['broken YAML', apply('kind: [plan'), '400 yaml_malformed', 'line 1, column 12'],
    ['a bundle of 5 MB', apply('x'.repeat(5 * 1024 * 1024)), '413 body_too_large', ''],
    [
      'an unknown field',
      apply('kind: plan\nname: x\nspek: {}'),
      '400 documents_invalid',
      'line 3, column 1: spek: unknown field "spek"; did you mean "spec"? (and 1 more)',
    ],
    ['nothing', apply('# nothing'), '400 bundle_empty', ''],
    ['an unknown kind to prune', apply(plan('x'), '?prune=plam'), '404 kind_unknown', 'did you mean "plan"?'],
    ['a flag that is none', apply(plan('x'), '?dryRun=yes'), '403 permission_missing', ''],
    [
      'JSON without documents',
      { method: 'POST', url: '/apply', payload: { document: [] } },
      '400 documents_missing',
      '',
    ],
    [
      'a JSON text',
      { method: 'POST', url: '/apply', payload: '"kind: plan"', headers: { 'content-type': 'application/json' } },
      '400 documents_missing',
      '',
    ],
    [
      'a tag that is none of ours',
      apply(plan('x'), '', { headers: { 'if-match': '"else"' } }),
      '400 precondition_malformed',
      '',
    ],
    ['a viewer', apply(plan('x'), '', { as: 'viewer' }), '403 permission_missing', 'resources:write'],
    [
      'a writer of something else',
      apply(plan('x'), '', { as: 'key-issuer' }),
      '403 write_not_permitted',
      'plans:write',
    ],
  ];
  it.each(refused)('refuse %s', async (_name, input, expected, detail) => {
    const as = expected === '403 permission_missing' ? 'viewer' : 'administrator';
    const response = await call({ as, ...input });
    expect(`${response.statusCode} ${response.json().code}`).toBe(expected);
    expect(response.json().detail).toContain(detail);
  });

  it('an export takes the permission to read every kind in it', async () => {
    expect(await outcome({ url: '/export', as: 'key-issuer' })).toBe('403 write_not_permitted');
    expect(await outcome({ url: '/export?kind=nope' })).toBe('404 kind_unknown');
  });
});

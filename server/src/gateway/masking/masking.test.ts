import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Decision, DecisionRequest } from '#base';
import type { Forward, ResponseMask } from '../exchange.ts';
import {
  decideByScope,
  forwarded,
  head,
  KEY,
  openFixture,
  outcome,
  principal,
  route,
  seen,
} from '../gateway.fixture.ts';
import { compileMask } from './compile-mask.ts';
import { createEntityTags } from './entity-tags.ts';
import { type FieldPath, parseFieldPath } from './field-path.ts';
import { hideFields } from './hide-fields.ts';
import { checkMask, maskSchema } from './mask-spec.ts';
import { responseMask } from './response-mask.ts';

function hidden(body: string, fields: readonly string[], as: 'absent' | 'null' = 'absent') {
  const found = hideFields(
    Buffer.from(body),
    fields.map((text) => ({ text, path: parseFieldPath(text) as FieldPath, as })),
  );
  return found && { body: found.body.toString(), hidden: found.hidden };
}

describe('fields are hidden', () => {
  test.each<[string, string, string[], string, string[]]>([
    ['one', '{"a":1,"ssn":"1"}', ['/ssn'], '{"a":1}', ['/ssn']],
    ['one that is not there', '{"a":1}', ['/ssn'], '{"a":1}', []],
    ['inside', '{"a":{"b":{"c":1,"d":2}}}', ['/a/b/c'], '{"a":{"b":{"d":2}}}', ['/a/b/c']],
    ['of each item', '[{"s":1},{"s":2,"t":3},4,null]', ['/*/s'], '[{},{"t":3},4,null]', ['/*/s']],
    ['of one item', '[{"s":1},{"s":2}]', ['/1/s'], '[{"s":1},{}]', ['/1/s']],
    ['at any depth', '{"s":1,"a":[{"s":2,"b":{"s":{"s":3}}}]}', ['/**/s'], '{"a":[{"b":{}}]}', ['/**/s']],
    [
      'below any depth',
      '{"a":{"p":{"s":1}},"p":{"s":2},"s":3}',
      ['/**/p/s'],
      '{"a":{"p":{}},"p":{},"s":3}',
      ['/**/p/s'],
    ],
    ['every field of one', '{"a":{"b":1,"c":2}}', ['/a/*'], '{"a":{}}', ['/a/*']],
    ['items, which leave a gap', '{"a":[1,2]}', ['/a/*'], '{"a":[null,null]}', ['/a/*']],
    ['a name with a slash', '{"a/b":1,"c~d":2}', ['/a~1b', '/c~0d'], '{}', ['/a~1b', '/c~0d']],
    [
      'a name of the language',
      '{"__proto__":{"s":1},"constructor":1}',
      ['/__proto__', '/constructor'],
      '{}',
      ['/__proto__', '/constructor'],
    ],
    ['written twice', '{"s":1,"a":2,"s":3}', ['/s'], '{"a":2}', ['/s']],
    ['written otherwise', '{"\\u0073":1,"a":2}', ['/s'], '{"a":2}', ['/s']],
    [
      'numbers stay as they are',
      '{"s":1,"n":12345678901234567890.10,"e":1E2}',
      ['/s'],
      '{"n":12345678901234567890.10,"e":1E2}',
      ['/s'],
    ],
  ])('%s', (_what, body, fields, left, told) => expect(hidden(body, fields)).toEqual({ body: left, hidden: told }));

  test('or null', () => {
    expect(hidden('{"s":1,"__proto__":2}', ['/s', '/__proto__'], 'null')?.body).toBe('{"s":null,"__proto__":null}');
  });

  test.each([
    ['no JSON', '{"s":1'],
    ['two values', '{"s":1}{"s":1}'],
    ['lines', '{"s":1}\n{"s":2}'],
    ['too deep', `${'{"a":'.repeat(200)}{"s":1}${'}'.repeat(200)}`],
    ['far too deep', '['.repeat(200_000) + ']'.repeat(200_000)],
  ])('or nothing is shown: %s', (_what, body) => expect(hidden(body, ['/**/s'])).toBeUndefined());

  test('also in a field that is there twice, of which we saw the last alone', () => {
    const [group] = compileMask(
      maskSchema.parse({ groups: [{ name: 'private', fields: ['/user/ssn'], unless: { scopes: ['all'] } }] }),
    ).groups;
    const masked = {
      hidden: group === undefined ? [] : [group],
      mark: 'm',
      bytesMax: 1000,
      tags: undefined,
      resource: '',
    };
    const mask = responseMask(masked, { onHidden: () => {}, refusal: () => expect.unreachable() });
    const body = mask.hide(Buffer.from('{"user":{"ssn":"1"},"user":{"a":1.0}}'));
    expect(String(body)).toBe('{"user":{"a":1.0}}');
  });

  test('bytes that are no text show nothing', () => {
    const body = Buffer.from('{"s":"\xff"}', 'latin1');
    expect(hideFields(body, [{ text: '/t', path: ['t'], as: 'absent' }])).toBeUndefined();
  });
});

const mac = (purpose: string, data: string | Uint8Array) => createHmac('sha256', purpose).update(data).digest();
const entityTags = createEntityTags({ keyring: { mac } });

describe('entity tags', () => {
  const { marked, unmarked } = entityTags;
  const at = (mark: string, resource = '/people/7') => ({ mark, resource });
  const ours = marked('"a"', at('x1')) ?? '';

  test.each([
    ['"a"', '', '"a"'],
    ['a', 'x1', undefined],
    ['"a", "b"', 'x1', undefined],
    [`"${'a'.repeat(513)}"`, 'x1', undefined],
  ])('%s marked "%s" is %s', (tag, mark, found) => expect(marked(tag, at(mark))).toBe(found));

  test.each([
    ['one of ours', ours, 'x1', '"a"'],
    ['one among others', `"b", ${ours}, ${marked('"c"', at('x2'))}`, 'x1', '"a"'],
    ['one of somebody else', ours, 'x2', undefined],
    ['one of us, to whoever sees all', ours, '', undefined],
    ['one of the service', '"a"', 'x1', undefined],
    ['one of the service, to whoever sees all', '"a", W/"b"', '', '"a", W/"b"'],
    ['any', '*', 'x1', '*'],
    ['garbage', 'garbage', 'x1', undefined],
    ['one that somebody made up', 'W/"a.gh-x1"', 'x1', undefined],
    ['a longer one that somebody made up', `W/"${'A'.repeat(64)}.gh-x1"`, 'x1', undefined],
    ['one with another mark', ours.replace('gh-x1', 'gh-x2'), 'x2', undefined],
  ])('%s is read as what it is', (_what, tags, mark, found) => expect(unmarked(tags, at(mark))).toBe(found));

  test('with what is hidden they tell nothing of the digest and length that services make them of', () => {
    const [short, long] = ['"1b-X3xv9Zk0c2Vhcm9uZy1kaWdlc3Q"', 'W/"4fa1-X3xv9Zk0c2Vhcm9uZy1kaWdlc3Q"'];
    const told = [short, long].map((tag) => marked(tag, at('x1')) ?? '');
    for (const tag of told) expect(tag).toMatch(/^W\/"[A-Za-z0-9_-]{64,}\.gh-x1"$/);
    expect(told.join().includes('X3xv')).toBe(false);
    expect(unmarked(told.join(', '), at('x1'))).toBe(
      '"1b-X3xv9Zk0c2Vhcm9uZy1kaWdlc3Q", "4fa1-X3xv9Zk0c2Vhcm9uZy1kaWdlc3Q"',
    );
    expect(marked(short, at('x1'))).toBe(told[0]);
    // Who makes one like it, and guesses, learns nothing by their tags.
    expect(marked(short, at('x1', '/people/8'))).not.toBe(told[0]);
    expect(unmarked(told[0] ?? '', at('x1', '/people/8'))).toBeUndefined();
  });

  test.each(['', 'a', 'x'.repeat(32), 'x'.repeat(33), '\xff'.repeat(40)])('%j comes back whole', (opaque) => {
    expect(unmarked(marked(`"${opaque}"`, at('x1')) ?? '', at('x1'))).toBe(`"${opaque}"`);
  });
});

const GROUPS = [
  { name: 'personal', fields: ['/**/ssn'], unless: { scopes: ['people:ssn'] } },
  { name: 'money', fields: ['/salary'], as: 'null', unless: { policies: 'required', action: 'people:pay' } },
];

function open(more: object = {}, scopes: string[] = ['weather:read']) {
  const people = route('people', {
    match: { path: '/people/{id}', methods: ['GET', 'PUT'] },
    authorize: { scopes: ['weather:read'], action: 'people:read', resource: { type: 'Person', id: '{id}' } },
    mask: { groups: GROUPS },
    ...more,
  });
  const decide = (request: DecisionRequest): Decision => {
    const decision = decideByScope(request);
    const paid = request.policyRequired !== true || request.principal.scopes.includes('pay');
    return paid ? decision : { ...decision, allowed: false, reason: 'no_policy_permits' };
  };
  const fixture = openFixture({
    ...{ routes: [people], decide, credentials: { [KEY]: principal({ scopes }) } },
    deps: { entityTags },
  });
  const ask = async (headers: string[] = [], request: object = {}): Promise<Forward> =>
    forwarded(await fixture.gateway.handler(head('/people/7', { credential: KEY, headers, ...request })));
  return { ...fixture, ask };
}

function maskOf({ responseMask }: Forward): ResponseMask {
  if (responseMask === undefined) throw new Error('nothing is masked');
  return responseMask;
}

const linesOf = ({ headers }: Forward, name: string) =>
  headers.flatMap((value, index) => (index % 2 === 1 && headers[index - 1] === name ? [value] : []));
const response = (fields: Record<string, string>, status = 200, hasBody = true) => ({
  ...{ status, hasBody },
  field: (name: string) => fields[name],
});

describe('who may see what', () => {
  test.each<[string, string[], string, string]>([
    ['neither', [], '{"salary":null}', 'mask: /**/ssn, /salary'],
    ['one', ['people:ssn'], '{"ssn":1,"salary":null}', 'mask: /salary'],
    ['the other', ['pay'], '{"salary":9}', 'mask: /**/ssn'],
  ])('%s', async (_what, scopes, left, notes) => {
    const { ask, records } = open({}, ['weather:read', ...scopes]);
    const verdict = await ask();
    expect(maskOf(verdict).plan(response({ 'content-type': 'application/json' }))).toBe('body');
    expect(maskOf(verdict).hide(Buffer.from('{"ssn":1,"salary":9}'))?.toString()).toBe(left);
    verdict.onDone(outcome(200));
    expect(records[0]).toMatchObject({ notes, allowed: true });
  });

  test('who may see all gets it as it comes, and still not for shared caches', async () => {
    const { ask, decisions } = open({}, ['weather:read', 'people:ssn', 'pay']);
    const mask = maskOf(await ask());
    expect(mask.plan(response({ 'content-type': 'image/png', 'content-encoding': 'gzip' }))).toBe('pass');
    const { headers } = mask.headers(response({ etag: '"a"', 'cache-control': 'public, max-age=60' }).field);
    expect(headers).toEqual(['cache-control', 'private, max-age=60']);
    expect(decisions.map(({ action, resource }) => [action, resource.id])).toEqual([
      ['people:read', '7'],
      ['people:read', '7'],
      ['people:pay', '7'],
    ]);
  });

  test('an engine that fails shows nothing', async () => {
    let asked = 0;
    const decide = (request: DecisionRequest): Decision => {
      asked += 1;
      return { ...decideByScope(request), allowed: asked === 1, reason: 'engine_error' };
    };
    const people = route('people', {
      match: { path: '/people/{id}', methods: ['GET'] },
      authorize: { scopes: ['weather:read'] },
      mask: { groups: GROUPS },
    });
    const { gateway } = openFixture({ routes: [people], decide });
    const verdict = forwarded(await gateway.handler(head('/people/7', { credential: KEY })));
    expect(maskOf(verdict).hide(Buffer.from('{"ssn":1}'))?.toString()).toBe('{}');
  });
});

describe('what can not be read is withheld', () => {
  test.each<[string, Record<string, string>, number, string]>([
    ['of another type', { 'content-type': 'text/html; charset=utf-8' }, 200, 'no JSON (text/html)'],
    ['of no type', {}, 200, 'no JSON (no content type)'],
    ['lines of JSON', { 'content-type': 'application/x-ndjson' }, 200, 'no JSON (application/x-ndjson)'],
    ['events', { 'content-type': 'text/event-stream' }, 200, 'no JSON (text/event-stream)'],
    ['of a type that is none', { 'content-type': '; limit: passed' }, 200, 'no JSON (no content type)'],
    [
      'compressed',
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      200,
      'compressed, though plain was asked for',
    ],
    ['a part', { 'content-type': 'application/json', 'content-range': 'bytes 1-2/3' }, 206, 'a part (206)'],
  ])('%s, and the record says so', async (_what, fields, status, why) => {
    const { ask, records } = open();
    const mask = maskOf(await ask());
    expect(mask.plan(response(fields, status))).toBe('withhold');
    mask.refusal(status).onDone(outcome(502));
    expect(records[0]?.notes).toBe(`mask: withheld, ${why}`);
  });

  test.each([
    [200, 502],
    [404, 404],
    [503, 503],
  ])('a service that says %i is answered %i, recorded with why', async (status, told) => {
    const { ask, records } = open();
    const verdict = await ask();
    const reply = maskOf(verdict).refusal(status);
    expect(seen(reply)).toMatchObject({ status: told, problem: { code: 'answer_withheld' } });
    reply.onDone(outcome(told));
    expect(records[0]).toMatchObject({
      reason: 'answer_withheld',
      notes: expect.stringMatching(/^mask: withheld, longer than \d+ bytes/),
    });
  });

  test.each([
    ['HEAD', 200],
    ['not modified', 304],
  ])('%s has nothing to hide but its length', async (_what, status) => {
    const mask = maskOf(await open().ask());
    expect([mask.plan(response({}, status, false)), mask.hidesLength]).toEqual(['head', true]);
  });
});

describe('the service is asked for the whole', () => {
  test('as plain text, and nothing that a cache of another caller’s could answer', async () => {
    const verdict = await open().ask([
      ...['accept-encoding', 'gzip, br', 'range', 'bytes=0-9', 'if-range', '"a"', 'if-modified-since', 'now'],
      ...['if-none-match', '"a"', 'accept', 'application/json'],
    ]);
    expect(linesOf(verdict, 'accept-encoding')).toEqual(['identity']);
    expect(linesOf(verdict, 'accept')).toEqual(['application/json']);
    for (const name of ['range', 'if-range', 'if-modified-since', 'if-none-match'])
      expect(linesOf(verdict, name)).toEqual([]);
  });

  test('with the tags that it gave out for this caller', async () => {
    const { ask } = open();
    const { headers } = maskOf(await ask()).headers(response({ etag: '"a"' }).field);
    const tag = headers[headers.indexOf('etag') + 1] ?? '';
    expect(tag).toMatch(/^W\/"[A-Za-z0-9_-]{64}\.gh-[0-9a-f]{12}"$/);
    expect((await open().ask(['if-none-match', tag], { target: '/people/8' })).headers).not.toContain('if-none-match');
    expect(linesOf(await ask(['if-none-match', `"b", ${tag}`]), 'if-none-match')).toEqual(['"a"']);
    expect(linesOf(await ask(['if-match', tag], { method: 'PUT' }), 'if-match')).toEqual(['"a"']);
    expect(linesOf(await ask(['if-match', '"a"'], { method: 'PUT' }), 'if-match')).toEqual(['"gatehouse-none"']);
    const other = open({}, ['weather:read', 'pay']);
    expect(linesOf(await other.ask(['if-none-match', tag]), 'if-none-match')).toEqual([]);
  });
});

test('a proxy that asks can hide nothing, and hears no where something is hidden', async () => {
  const check = async (scopes: string[]) =>
    (await open({}, ['weather:read', ...scopes]).gateway.check(head('/people/7', { credential: KEY }))).status;
  expect([await check([]), await check(['people:ssn', 'pay'])]).toEqual([403, 200]);
});

test.each<[string, object, string]>([
  ['nothing decides', { fields: ['/a'], unless: {} }, 'groups.0.unless'],
  ['no pointer', { fields: ['a'], unless: { scopes: ['a'] } }, 'groups.0.fields.0'],
  ['everything below', { fields: ['/a/**'], unless: { scopes: ['a'] } }, 'groups.0.fields.0'],
  ['two depths', { fields: ['/**/a/**/b'], unless: { scopes: ['a'] } }, 'groups.0.fields.0'],
  ['a lone tilde', { fields: ['/a~b'], unless: { scopes: ['a'] } }, 'groups.0.fields.0'],
  ['too deep', { fields: ['/a'.repeat(17)], unless: { scopes: ['a'] } }, 'groups.0.fields.0'],
])('is refused when it is applied: %s', (_what, group, path) => {
  expect(checkMask(maskSchema.parse({ groups: [{ name: 'a', ...group }] })).map((error) => error.path)).toEqual([path]);
});

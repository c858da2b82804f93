import fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecisionRequest } from '#base';
import { openTestStore, type TestStore } from '#testing';
import { Entity } from '../cedar/values.ts';
import { ALICE, setOf } from '../decide.fixture.ts';
import { decide } from '../decide.ts';
import type { FactPlace } from '../facts/tenant-facts.ts';
import { tenantFacts } from '../facts/tenant-facts.ts';
import { openDslScope, tuple } from '../relations/open-scope.fixture.ts';
import { compileFilter } from './compile-filter.ts';
import { fieldsOf, tableSchema } from './fields.ts';
import { toKysely } from './render-kysely.ts';
import { toSql, toSqlLiteral } from './render-sql.ts';

/** Row by row, a filter lets through exactly what a check allows. */
const RUNS = Number(process.env.GATEHOUSE_FILTER_CASES ?? 150);
const POLICIES = 3;

const TABLE = tableSchema.parse({
  resourceType: 'Order',
  table: 'orders',
  attributes: {
    owner: { type: 'entity', entityType: 'User', column: 'owner_id' },
    org: { type: 'entity', entityType: 'Organization' },
    total: { type: 'long' },
    limit: { type: 'long', column: 'limit_of', notNull: true },
    status: { type: 'string' },
    note: { type: 'string', notNull: true },
    open: { type: 'boolean' },
    tags: { type: 'strings' },
    sizes: { type: 'longs', notNull: true },
    teams: { type: 'entities', entityType: 'Role', notNull: true },
  },
});
const FIELDS = fieldsOf(TABLE);
const MODEL = `model
  schema 1.1
type user
type order
  relations
    define hidden: [user]
    define editor: [user]
    define viewer: ([user:*] or editor) but not hidden`;
const TUPLES = [
  '1#editor@user:usr_alice',
  '2#viewer@user:*',
  '3#viewer@user:*',
  '3#hidden@user:usr_alice',
  '4#editor@user:usr_bob',
];

const TEXTS = ['', 'a', 'ab', 'open', 'a%b', 'a_b', "it's", '\\', 'Ä', 'usr_alice', '\0'] as const;
const LONGS = ['0', '1', '-1', '7', '9007199254740993', '-9223372036854775808'] as const;
const USERS = ['usr_alice', 'usr_bob', 'x" or 1=1 --'] as const;
const cedarText = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\0', '\\0')}"`;

const storable = (text: string) => !text.includes('\0');
const rows = fc.array(
  fc.record({
    owner: fc.option(fc.constantFrom(...USERS), { nil: null }),
    org: fc.option(fc.constantFrom('org_acme', 'org_other'), { nil: null }),
    total: fc.option(fc.constantFrom(...LONGS), { nil: null }),
    limit: fc.constantFrom(...LONGS),
    status: fc.option(fc.constantFrom(...TEXTS.filter(storable)), { nil: null }),
    note: fc.constantFrom(...TEXTS.filter(storable)),
    open: fc.option(fc.boolean(), { nil: null }),
    tags: fc.option(fc.array(fc.constantFrom(...TEXTS.filter(storable)), { maxLength: 3 }), { nil: null }),
    sizes: fc.array(fc.constantFrom(...LONGS), { maxLength: 3 }),
    teams: fc.array(fc.constantFrom('editor', 'viewer'), { maxLength: 2 }),
  }),
  { minLength: 5, maxLength: 8 },
);
type Row = typeof rows extends fc.Arbitrary<(infer One)[]> ? One : never;

const attribute = fc.constantFrom(...Object.keys(TABLE.attributes)).map((name) => `resource.${name}`);
const value = fc.oneof(
  fc.constantFrom(...TEXTS).map(cedarText),
  fc.constantFrom(...LONGS).map((text) => (text.startsWith('-') ? `(${text})` : text)),
  fc.constantFrom('true', 'false', 'principal', 'resource', 'context.text', 'context.number', 'context.missing'),
  fc.constantFrom('User::"usr_alice"', 'User::"usr_bob"', 'Order::"1"', 'Order::"4"', 'Role::"editor"'),
  fc.constantFrom('Organization::"org_acme"', 'principal.roles', 'context.texts'),
);
const set = fc.array(value, { maxLength: 3 }).map((members) => `[${members.join(', ')}]`);
const fitting = fc.oneof(
  fc.constantFrom('principal', 'User::"usr_bob"').map((who) => `resource.owner == ${who}`),
  fc
    .constantFrom(...LONGS)
    .chain((n) => fc.constantFrom('<', '<=', '>', '>=').map((op) => `resource.total ${op} (${n})`)),
  fc.constantFrom(...LONGS).chain((n) => fc.constantFrom('<', '>=').map((op) => `(${n}) ${op} resource.limit`)),
  fc.constantFrom(...TEXTS).map((text) => `resource.status == ${cedarText(text)}`),
  fc.constantFrom(...TEXTS).map((text) => `resource.tags.contains(${cedarText(text)})`),
  fc.constantFrom('*', 'a*', '*b', 'a*b', '*%*', '*_b', '*\\**', '').map((text) => `resource.note like "${text}"`),
  fc.constantFrom('editor', 'viewer', 'hidden').map((relation) => `resource.relations.${relation}.contains(principal)`),
  fc.constantFrom(...Object.keys(TABLE.attributes)).map((name) => `resource has ${name}`),
  fc.constantFrom(
    'principal in resource.org',
    'resource.org in [principal, Organization::"org_other"]',
    'principal in resource.teams',
    'resource.owner in [principal]',
    'resource.open',
    'resource == Order::"2"',
    'resource in [Order::"1", Order::"5"]',
    'resource.owner is User',
    'resource.tags.containsAny(["a", "open"])',
    'resource.tags.containsAll(["a"])',
    'resource.sizes.containsAny([1, 7])',
    '["a", "open", "", 1].contains(resource.status)',
    'resource.relations.viewer.containsAny([principal, User::"usr_bob"])',
    'resource.relations.editor.containsAll([principal])',
    'resource has relations.editor',
    'resource.relations has nobody',
    'resource.relations.nobody.contains(principal)',
    'resource.total == resource.limit',
    'resource.status != resource.note',
    'principal.organization == "org_acme"',
  ),
);
const clause = fc.letrec<{ clause: string }>((tie) => ({
  clause: fc.oneof(
    { maxDepth: 3 },
    { weight: 8, arbitrary: fitting },
    fc.tuple(attribute, fc.constantFrom('==', '!=', '<', '<=', 'in'), value).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(value, fc.constantFrom('==', '>', 'in'), attribute).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(attribute, fc.constantFrom('contains', 'containsAny', 'containsAll'), fc.oneof(value, set))
      .map(([a, op, b]) => `${a}.${op}(${b})`),
    fc
      .tuple(set, fc.constantFrom('contains', 'containsAny', 'containsAll'), attribute)
      .map(([a, op, b]) => `${a}.${op}(${b})`),
    fc.tuple(attribute, set).map(([a, b]) => `(${a} in ${b})`),
    fc.tuple(tie('clause'), tie('clause')).map(([a, b]) => `(${a} && ${b})`),
    fc.tuple(tie('clause'), tie('clause')).map(([a, b]) => `(${a} || ${b})`),
    tie('clause').map((a) => `!(${a})`),
    fc.tuple(tie('clause'), tie('clause'), tie('clause')).map(([a, b, c]) => `(if ${a} then ${b} else ${c})`),
  ),
})).clause;
const scope = fc.constantFrom(
  'resource',
  'resource',
  'resource is Order',
  'resource == Order::"1"',
  'resource in Order::"3"',
  'resource is City',
);
const policy = fc
  .tuple(
    fc.constantFrom('permit', 'permit', 'forbid'),
    scope,
    fc.array(fc.tuple(fc.constantFrom('when', 'unless'), clause), { minLength: 1, maxLength: 2 }),
  )
  .map(
    ([effect, resource, parts]) =>
      `${effect}(principal, action, ${resource}) ${parts.map(([kind, body]) => `${kind} { ${body} }`).join(' ')};`,
  );

let store: TestStore;
let places: ReadonlyMap<string, FactPlace>;
beforeAll(async () => {
  store = await openTestStore([]);
  const scopeOf = await openDslScope(
    MODEL,
    TUPLES.map((text) => tuple(`order:${text}`)),
  );
  places = new Map(
    Object.entries({ Order: 'order', User: 'user' }).map(([name, type]) => [
      name,
      { source: 'orders', type, scope: () => scopeOf },
    ]),
  );
});
afterAll(() => store?.close());

function attributesOf(row: Row): Record<string, unknown> {
  const entity = (type: string, id: string | null) => (id === null ? undefined : new Entity(type, id));
  const long = (text: string | null) => (text === null ? undefined : BigInt(text));
  return {
    owner: entity('User', row.owner),
    org: entity('Organization', row.org),
    total: long(row.total),
    limit: long(row.limit),
    status: row.status,
    note: row.note,
    open: row.open,
    tags: row.tags,
    sizes: row.sizes.map((text) => BigInt(text)),
    teams: row.teams.map((id) => new Entity('Role', id)),
  };
}

const BASE: Omit<DecisionRequest, 'resource'> = {
  principal: ALICE,
  action: 'read',
  context: { text: 'a', number: 7, texts: ['a', 'open'] },
  policyRequired: true,
};

describe('a filter', () => {
  it(`lets through what a check allows, on ${RUNS} sets of policies and rows`, {
    timeout: 60_000 + RUNS * 100,
  }, async () => {
    const seen = { compiled: 0, refused: 0, allowed: 0, denied: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(policy, { minLength: 1, maxLength: POLICIES }), rows, async (policies, table) => {
        const set = setOf(...policies);
        expect(set.broken).toEqual([]);
        const facts = tenantFacts(places);
        const result = compileFilter(set, { request: BASE, resourceType: 'Order', fields: FIELDS, facts, places });
        if (!result.ok) {
          seen.refused += 1;
          expect(result.problems[0]?.reason).not.toBe('');
          return;
        }
        seen.compiled += 1;
        const expected = table.flatMap((row, index) => {
          const resource = { type: 'Order', id: String(index), attributes: attributesOf(row) };
          const { allowed } = decide(set, { ...BASE, resource }, facts);
          seen[allowed ? 'allowed' : 'denied'] += 1;
          return allowed ? [String(index)] : [];
        });
        const { condition } = result.filter;
        const { text, values } = toSql(condition, { fields: FIELDS, table: 'orders' });
        const found = await store.transaction({ system: true }, async (tx) => {
          const json = JSON.stringify(table.map((row, index) => ({ ...row, id: String(index) })));
          const orders = sql`(select id, owner as owner_id, org, total, "limit" as limit_of, status, note, open, tags, sizes, teams
            from jsonb_to_recordset(${json}::jsonb) as r(id text, owner text, org text, total bigint, "limit" bigint, status text,
            note text, open boolean, tags text[], sizes bigint[], teams text[])) as orders`;
          const literal = toSqlLiteral(condition, { fields: FIELDS, table: 'orders' });
          const run = (where: ReturnType<typeof sql<boolean>>) =>
            sql<{ id: string }>`select id from ${orders} where ${where} order by id`.execute(
              tx as unknown as Kysely<unknown>,
            );
          return {
            kysely: (await run(toKysely(condition, { fields: FIELDS, table: 'orders' }))).rows.map(({ id }) => id),
            literal: (await run(sql<boolean>`${sql.raw(literal)}`)).rows.map(({ id }) => id),
          };
        });
        const message = JSON.stringify({ policies, text, values, table });
        expect(found, message).toEqual({ kysely: expected, literal: expected });
      }),
      { numRuns: RUNS },
    );
    console.log('filter', seen);
    expect(Math.min(seen.compiled, seen.allowed, seen.denied)).toBeGreaterThan(RUNS / 4);
    expect(seen.refused).toBeGreaterThan(0);
  });
});

import { describe, expect, it } from 'vitest';
import { ALICE, setOf } from '../decide.fixture.ts';
import { boundedIds } from './bounded-ids.ts';
import { compileFilter } from './compile-filter.ts';
import { fieldsOf, tableSchema } from './fields.ts';
import { NoPrismaForm, toPrisma } from './render-prisma.ts';
import { toSql, toSqlLiteral } from './render-sql.ts';

const TABLE = tableSchema.parse({
  resourceType: 'Order',
  attributes: {
    owner: { type: 'entity', entityType: 'User', column: 'owner_id' },
    total: { type: 'long', notNull: true },
    status: { type: 'string', notNull: true },
    tags: { type: 'strings' },
    customer: { type: 'string', uuid: true },
  },
});
const FIELDS = fieldsOf(TABLE);
const request = { principal: ALICE, action: 'read', context: { ip: '192.0.2.7' }, policyRequired: true };

function filterOf(policies: string[], fields: typeof FIELDS | undefined = FIELDS) {
  return compileFilter(setOf(...policies), {
    request,
    resourceType: 'Order',
    fields,
    facts: undefined,
    places: new Map(),
  });
}

function conditionOf(...policies: string[]) {
  const result = filterOf(policies);
  if (!result.ok) throw new TypeError(JSON.stringify(result.problems));
  return result.filter.condition;
}

const permit = (clause: string) => `permit(principal, action, resource) when { ${clause} };`;
const forbid = (clause: string) => `forbid(principal, action, resource) when { ${clause} };`;

describe('as SQL', () => {
  it.each<[string[], string, unknown[]]>([
    [[permit('resource.owner == principal')], '"owner_id" = $1::text', ['usr_alice']],
    [[permit('principal in Role::"editor" && resource.total < 100')], '"total" < $1::bigint', [100]],
    [[permit('principal in Role::"nobody" && resource.total < 100')], 'false', []],
    [['permit(principal, action == Action::"other", resource) when { resource.total.x };'], 'false', []],
    [[permit('context.ip == "192.0.2.7"')], 'true', []],
    [[permit('context.nothing == 1 || resource.total == 1')], 'false', []],
    [[permit('true'), forbid('resource.status == "secret"')], '"status" <> $1::text', ['secret']],
    [[permit('true'), forbid('resource.owner != principal')], '"owner_id" = $1::text', ['usr_alice']],
    [[permit('true'), forbid('context.nothing')], 'false', []],
    [[permit('true'), permit('resource.total == 1')], 'true', []],
    [[permit('resource.status like "a_*%"')], '"status" like $1::text', ['a\\_%\\%']],
    [[permit('resource.customer == "not a uuid"')], 'false', []],
    [[permit('resource has owner')], '"owner_id" is not null', []],
    [[permit('["a", "b", 7].contains(resource.status)')], '"status" = any($1::text[])', [['a', 'b']]],
  ])('%j → %s', (policies, text, values) => {
    expect(toSql(conditionOf(...policies), { fields: FIELDS })).toEqual({ text, values });
  });

  it('numbers parameters after those that stand before, qualifies columns, and quotes what is said', () => {
    const condition = conditionOf(permit(`resource.owner == principal && resource.status == "it's"`));
    expect(toSql(condition, { fields: FIELDS, table: 'o', firstParameter: 4 }).text).toBe(
      '("o"."owner_id" = $4::text and "o"."status" = $5::text)',
    );
    expect(toSqlLiteral(condition, { fields: FIELDS })).toBe(
      `("owner_id" = 'usr_alice'::text and "status" = 'it''s'::text)`,
    );
    expect(toSqlLiteral(conditionOf(permit('resource.status == "\\\\"')), { fields: FIELDS })).toBe(
      `"status" = E'\\\\'::text`,
    );
  });
});

describe('as a where of Prisma', () => {
  it.each<[string, object]>([
    ['resource.owner == principal', { owner_id: { equals: 'usr_alice' } }],
    ['resource.total >= 9007199254740993', { total: { gte: 9007199254740993n } }],
    ['resource.status like "a*"', { status: { startsWith: 'a' } }],
    ['!(resource.status like "*a*")', { status: { not: null }, NOT: { status: { contains: 'a' } } }],
    ['resource.tags.containsAny(["x"])', { tags: { hasSome: ['x'] } }],
    ['resource.total == 1 || resource.total == 2', { OR: [{ total: { equals: 1 } }, { total: { equals: 2 } }] }],
    ['false', { OR: [] }],
    ['true', {}],
  ])('%s', (clause, where) => {
    expect(toPrisma(conditionOf(permit(clause)), FIELDS)).toEqual(where);
  });

  it.each(['resource.status like "a*b"', '["x"].containsAll(resource.tags)', 'resource.status == resource.customer'])(
    '%s has no form',
    (clause) => {
      const result = filterOf([permit(clause)]);
      if (!result.ok) return expect(result.problems).toHaveLength(1);
      expect(() => toPrisma(result.filter.condition, FIELDS)).toThrow(NoPrismaForm as never);
    },
  );
});

describe('what can not be compiled', () => {
  it.each([
    ['resource.unknown == 1', /no column for the attribute `unknown`/],
    ['resource.status.length == 1', /reaches through/],
    ['resource.total * 2 < 10', /can't be compared in a column/],
    ['ip(resource.status).isLoopback()', /no form/],
    ['{ a: resource.total }.a == 1', /reaches through|can't be compared/],
    ['Order::"1".total == 1', /may be the very resource/],
    ['resource.tags == ["a"]', /compared as a whole/],
    ['resource has owner.name', /reaches through/],
    ['resource.total < resource.total + 1', /can't be compared/],
  ])('%s is an error, and no filter', (clause, reason) => {
    const result = filterOf([permit('true'), permit(clause)]);
    expect(result).toMatchObject({ ok: false, problems: [{ policy: 'p2', reason: expect.stringMatching(reason) }] });
  });

  it('a policy that explodes is stopped', () => {
    const deep = (levels: number): string =>
      levels === 0
        ? 'resource has tags'
        : `(${deep(levels - 1)} ${levels % 2 ? '&&' : '||'} resource.tags.contains("${levels}"))`;
    const result = filterOf([permit(deep(50))]);
    expect(result).toMatchObject({
      ok: false,
      problems: [{ reason: expect.stringContaining('more than 5000 parts') }],
    });
  });

  it('a set with a policy that does not compile lets nothing through', () => {
    const set = { ...setOf(permit('true')), broken: [{ policy: 'x', message: 'y' }] };
    const result = compileFilter(set, {
      request,
      resourceType: 'Order',
      fields: FIELDS,
      facts: undefined,
      places: new Map(),
    });
    expect(result).toMatchObject({ ok: true, filter: { condition: { op: 'never' } } });
  });
});

describe('without columns', () => {
  it.each<[string[], string[] | undefined]>([
    [['permit(principal, action, resource == Order::"1") when { resource.x > 1 };'], ['1']],
    [
      ['permit(principal, action, resource in Order::"1");', permit('resource == Order::"2" && resource.y')],
      ['1', '2'],
    ],
    [[permit('resource.x > 1')], undefined],
    [[permit('principal in Role::"nobody" && resource.x > 1')], []],
    [['permit(principal, action, resource == City::"1");'], []],
  ])('%j is bounded to %j', (policies, ids) => {
    const result = compileFilter(setOf(...policies), {
      request,
      resourceType: 'Order',
      fields: undefined,
      facts: undefined,
      places: new Map(),
    });
    const found = result.ok ? boundedIds(result.filter.condition) : undefined;
    expect(found === undefined ? undefined : [...found].sort()).toEqual(ids);
  });
});

/** Filters in an application's own queries: values stay parameters, and a caller does not stay in a connection. */
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Auth } from '../verify/auth.ts';
import { createVerifier } from '../verify/create-verifier.ts';
import { startIssuer } from '../verify/issuer.fixture.ts';
import { asCaller } from './as-caller.ts';
import { createFilters, type Filter } from './create-filters.ts';
import { toKysely } from './to-kysely.ts';

let auth: Auth;
beforeAll(async () => {
  const issuer = await startIssuer();
  const verifier = createVerifier(issuer.options);
  auth = await verifier.verifyToken(await issuer.sign({ organization_id: 'org_1', roles: ["o'brien", 'x'] }));
});

const db = new Kysely<{ invoices: { id: string } }>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (each) => new PostgresIntrospector(each),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
const compile = (filter: Pick<Filter, 'text' | 'values'>) => {
  const whole: Filter = { scope: 'some', policyVersion: 1, ...filter };
  const { sql: text, parameters } = db
    .selectFrom('invoices')
    .selectAll()
    .where('id', '=', 'first')
    .where(toKysely(sql<boolean>, whole))
    .compile();
  return [text.replace('select * from "invoices" where "id" = $1 and ', ''), parameters.slice(1)];
};

describe('toKysely', () => {
  test.each([
    ['one value', '"owner" = $1::text', ['ann'], '"owner" = $2::text', ['ann']],
    [
      'values twice, and not in order',
      '("a" = $2 or "b" = $1) and "c" = $2',
      ['x', 7],
      '("a" = $2 or "b" = $3) and "c" = $4',
      [7, 'x', 7],
    ],
    [
      'more than nine',
      Array.from({ length: 11 }, (_, i) => `$${i + 1}`).join(','),
      [...'abcdefghijk'],
      Array.from({ length: 11 }, (_, i) => `$${i + 2}`).join(','),
      [...'abcdefghijk'],
    ],
    ['no value', 'true', [], 'true', []],
    ['a column that looks like a parameter', '"odd $1 ""$2" = $1', ['x'], '"odd $1 ""$2" = $2', ['x']],
    [
      'a value that looks like SQL',
      '"a" = $1',
      ["'; drop table invoices --"],
      '"a" = $2',
      ["'; drop table invoices --"],
    ],
  ])('%s', (_, text, values, expected, parameters) => {
    expect(compile({ text, values })).toEqual([expected, parameters]);
  });

  test.each(['$0', '$2', '$99'])('a parameter that there is not (%s) is an error', (text) => {
    expect(() => compile({ text, values: ['x'] })).toThrow(expect.objectContaining({ name: 'ConfigurationError' }));
  });
});

describe('asCaller', () => {
  const pool = (fails: (text: string) => boolean = () => false) => {
    const queries: [string, unknown[] | undefined][] = [];
    const released: (boolean | undefined)[] = [];
    const client = {
      query: async (text: string, values?: unknown[]) => {
        queries.push([text, values]);
        if (fails(text)) throw new TypeError(text);
        return { rows: [] };
      },
      release: (destroy?: boolean) => void released.push(destroy),
    };
    return { queries, released, connect: async () => client };
  };

  test('the database knows the caller for one transaction, and values are parameters', async () => {
    const fake = pool();
    await asCaller(fake, auth, (client) => client.query('select 1'));
    expect(fake.queries.map(([text]) => text.split(' ')[0])).toEqual(['begin', 'select', 'select', 'commit']);
    const [, [text = '', values] = []] = fake.queries;
    expect(text).toContain("set_config('gatehouse.organization', $3, true)");
    expect(values).toEqual(['usr_1', 'user', 'org_1', `["o'brien","x"]`, '[]']);
    expect(fake.released).toEqual([false]);
  });

  test.each([
    ['the work', (text: string) => text === 'select 1', [false]],
    ['the commit', (text: string) => text === 'commit', [false]],
    ['the rollback too: the connection is not used again', (text: string) => /select 1|rollback/.test(text), [true]],
  ])('what fails is undone: %s', async (_, fails, released) => {
    const fake = pool(fails);
    await expect(asCaller(fake, auth, (client) => client.query('select 1'))).rejects.toThrow(TypeError);
    expect(fake.queries.at(-1)?.[0]).toBe('rollback');
    expect(fake.released).toEqual(released);
  });
});

describe('what is no filter is an error, and never a wider one', () => {
  const question = { action: 'read', table: { resourceType: 'Invoice' } };
  const answering = (body: string, status = 200) =>
    createFilters({ issuer: 'https://id.example.com', apiKey: 'k', fetch: async () => new Response(body, { status }) });

  test.each([
    ['an error', '{"detail":"no"}', 400],
    ['no rights', '{"sql":{"text":"true","values":[]},"scope":"all"}', 403],
    ['no JSON', '<html>', 200],
    ['nothing', '{}', 200],
    ['a scope that there is not', '{"scope":"most","sql":{"text":"true","values":[]}}', 200],
    ['no values', '{"scope":"all","sql":{"text":"true"}}', 200],
  ])('%s', async (_, body, status) => {
    const filters = answering(body, status);
    const refused = { name: 'AuthError', code: 'decision_unavailable', status: 503 };
    await expect(filters.sql(auth, question)).rejects.toMatchObject(refused);
    await expect(filters.prisma(auth, question)).rejects.toMatchObject(refused);
    await expect(filters.rowLevelSecurity(auth, question)).rejects.toMatchObject(refused);
  });
});

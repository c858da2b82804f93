import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../open-store.ts';
import type { Scope } from '../scope.ts';
import { type ContractTables, openOn, type Subject } from './subject.ts';

const A: Scope = { tenantId: 'ten_a' };
const B: Scope = { tenantId: 'ten_b' };
const A_ACME: Scope = { tenantId: 'ten_a', organizationId: 'org_acme' };
const REFUSED = { code: '42501' };

/** Row-level security, tried with raw SQL: what a query forgot to say, the database says (invariant 7). */
export function isolationContract(subject: () => Subject): void {
  describe('isolation', () => {
    let store: Store;
    beforeAll(async () => {
      store = await openOn(subject().database);
      await run({ system: true }, "insert into notes values ('ten_a','n1','of a'), ('ten_b','n1','of b')");
      await run(
        { system: true },
        `insert into people values ('ten_a','org_acme','ada'), ('ten_a','org_bolt','bob'), ('ten_a',null,'root'), ('ten_b','org_acme','eve')`,
      );
      await run({ system: true }, "insert into machinery values ('secret')");
    });
    afterAll(() => store.close());

    const run = async (scope: Scope, text: string): Promise<Record<string, unknown>[]> => {
      const result = await store.transaction(scope, (tx) => sql.raw<Record<string, unknown>>(text).execute(tx));
      return result.rows;
    };
    const ids = async (scope: Scope, text: string): Promise<unknown[]> => (await run(scope, text)).map(({ id }) => id);

    test.each([
      ['a tenant sees its own rows', A, 'select text as id from notes order by 1', ['of a']],
      ['another tenant sees its own', B, 'select text as id from notes order by 1', ['of b']],
      ['the system sees all', { system: true }, 'select text as id from notes order by 1', ['of a', 'of b']],
      ['asking for the other by name finds nothing', A, "select id from notes where tenant_id = 'ten_b'", []],
      ['a tenant sees all its organizations', A, 'select id from people order by 1', ['ada', 'bob', 'root']],
      ['an organization sees only itself', A_ACME, 'select id from people order by 1', ['ada']],
      ['not the one of that name elsewhere', A_ACME, "select id from people where tenant_id = 'ten_b'", []],
      ['a count counts only what is seen', A, 'select count(*)::int as id from notes', [1]],
      ['updates elsewhere touch nothing', A, "update notes set text = 'x' where tenant_id = 'ten_b' returning id", []],
      ['deletes elsewhere touch nothing', A, "delete from notes where tenant_id = 'ten_b' returning id", []],
      ['organization updates stay inside', A_ACME, "update people set id = id where id <> 'ada' returning id", []],
      ['organization deletes stay inside', A_ACME, "delete from people where id <> 'ada' returning id", []],
      ['an unknown tenant sees nothing', { tenantId: "' or true --" }, 'select id from notes', []],
    ] as [string, Scope, string, unknown[]][])('%s', async (_, scope, text, expected) => {
      expect(await ids(scope, text)).toEqual(expected);
    });

    test.each([
      ['insert for another tenant', A, "insert into notes values ('ten_b','n2','planted')"],
      ['move a row to another tenant', A, "update notes set tenant_id = 'ten_b'"],
      ['insert for another organization', A_ACME, "insert into people values ('ten_a','org_bolt','mallory')"],
      ['insert for no organization', A_ACME, "insert into people values ('ten_a',null,'mallory')"],
      ['move a person to another organization', A_ACME, "update people set organization_id = 'org_bolt'"],
      [
        'record a change for another tenant',
        A,
        "insert into changes (tenant_id,topic,id,operation) values ('ten_b','t','i','put')",
      ],
      ['read what is reserved', A, 'select * from machinery'],
      ['read the migrations', A, 'select * from gatehouse_migrations'],
      ['truncate', A, 'truncate notes'],
      ['switch row-level security off', A, 'alter table notes disable row level security'],
      ['drop a policy', A, 'drop policy in_scope on notes'],
      ['protect a table again', A, "select gatehouse_protect('notes')"],
      ['drop a table', A, 'drop table notes'],
      ['read the passwords of the server', A, 'select * from pg_authid'],
    ] as [string, Scope, string][])('refused: %s', async (_, scope, text) => {
      await expect(run(scope, text)).rejects.toMatchObject(
        text.startsWith('alter') || text.startsWith('drop') ? { code: '42501' } : REFUSED,
      );
      expect(await ids({ system: true }, 'select tenant_id as id from notes order by 1')).toEqual(['ten_a', 'ten_b']);
    });

    test.each([
      ['a connection used before by a tenant', A],
      ['by the system', { system: true }],
    ] as [string, Scope][])('nothing stays behind on %s', async (_, scope) => {
      const single = await openOn(subject().second, { sizeMax: 1 });
      try {
        await single.transaction(scope, (tx) => sql`select 1`.execute(tx));
        await expect(
          single.transaction(scope, async (tx) => {
            await sql`insert into notes values ('ten_a', 'n9', 'rolled back')`.execute(tx);
            throw new Error('on purpose');
          }),
        ).rejects.toThrow('on purpose');
        const { rows } = await single.transaction(B, (tx) =>
          sql<{ id: string; who: string }>`select id, current_user as who from notes`.execute(tx),
        );
        expect(rows).toEqual([{ id: 'n1', who: 'gatehouse_app' }]);
      } finally {
        await single.close();
      }
    });

    test('a transaction that has ended refuses to be used', async () => {
      const leaked = await store.transaction(A, async (tx) => [tx]);
      await expect(sql`select 1`.execute(leaked[0] as NonNullable<(typeof leaked)[0]>)).rejects.toMatchObject({
        code: 'transaction_ended',
      });
    });

    test('a scope without a tenant is refused', async () => {
      await expect(store.transaction({ tenantId: '' }, async () => 1)).rejects.toMatchObject({ code: 'scope_invalid' });
    });

    test('an organization without a name is refused: it would see all of the tenant', async () => {
      const nameless = { tenantId: 'ten_a', organizationId: '' };
      await expect(run(nameless, 'select id from people')).rejects.toMatchObject({ code: 'scope_invalid' });
    });

    test('rooms name their tables, and times and counters are numbers', async () => {
      const value = await store.transaction(A, async (tx) => {
        const db = tx.withTables<ContractTables>();
        await db.insertInto('counters').values({ tenant_id: 'ten_a', id: 'time', value: 1_767_225_600_000 }).execute();
        return db.selectFrom('counters').select('value').where('id', '=', 'time').executeTakeFirstOrThrow();
      });
      expect(value).toEqual({ value: 1_767_225_600_000 });
    });
  });
}

/** Whoever is erased is gone from every table: no row is left that names them, but in the audit log and in what follows from it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { becomeAdministrator } from './browser.ts';
import { type Program, startProgram } from './running-program.ts';

/** Append-only, or kept for a while to tell others what happened: ids of who is no more, and nothing else of them. */
const KEPT = new Set([
  'audit_events',
  'changes',
  'access_batches',
  'access_marks',
  'revocations',
  'oauth_revocations',
  'api_keys',
]);

let program: Program;

beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program?.remove());

test('a person who signed in, and owned a key, leaves nothing but the log', async () => {
  const [name, email] = ['Quirinius Zweifel', 'quirinius@example.com'];
  await becomeAdministrator(program, { name, email, password: 'seventeen purple lanterns drift' });
  const { items } = (await program.admin('GET', '/users')) as { items: { id: string }[] };
  const id = String(items[0]?.id);
  await program.admin('POST', '/users', { name: 'Other', email: 'other@example.com', roles: ['administrator'] });
  await program.admin('POST', '/keys', { name: 'his', owner: { type: 'user', id }, roles: ['viewer'] });
  const group = await program.admin('POST', '/groups', { name: 'All' });
  await program.call('PUT', `/groups/${group.id}/members/${id}`);
  expect((await rowsThatName(id)).length).toBeGreaterThan(3);
  expect((await program.call('DELETE', `/users/${id}`)).status).toBe(204);
  expect(await rowsThatName(id)).toEqual([]);
  expect(await rowsThatName('Quirinius', new Set())).toEqual([]);
  expect(await rowsThatName('quirinius@', new Set())).toEqual([]);
  expect(await program.cli('audit', 'verify')).toMatchObject({ code: 0 });
});

function rowsThatName(text: string, besides: ReadonlySet<string> = KEPT): Promise<string[]> {
  return program.asOwner(async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and n.nspname = 'public' order by 1`,
    );
    const found: string[] = [];
    for (const { name } of tables.filter((table) => !besides.has(table.name))) {
      const { rows } = await client.query(`select t::text as row from ${name} t where position($1 in t::text) > 0`, [
        text,
      ]);
      found.push(...rows.map(({ row }) => `${name}: ${row}`));
    }
    return found;
  });
}

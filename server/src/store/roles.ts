import type pg from 'pg';
import { storeErrors } from './errors.ts';
import { pause } from './pause.ts';
import { APP_ROLE, SYSTEM_ROLE } from './scope.ts';

const ROLES = [APP_ROLE, SYSTEM_ROLE];
const ATTEMPTS_MAX = 20;
const PAUSE_MILLISECONDS = 15;

/**
 * Sees to it that both roles exist and that the program's login may take them on. Roles belong to the whole server and
 * no lock reaches across its databases, so two programs may race here: losing the race is success, tried again.
 */
export async function ensureRoles(client: pg.ClientBase, programUser: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const missing = await missingStatements(client, programUser);
    if (missing.length === 0) return;
    try {
      for (const statement of missing) await client.query(statement);
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === '42501') throw storeErrors.role_missing({ cause: error });
      // 42710 duplicate_object, 23505 in pg_authid, XX000 "tuple concurrently updated": another program was faster.
      if (!['42710', '23505', 'XX000'].includes(code ?? '') || attempt >= ATTEMPTS_MAX) throw error;
      await pause(PAUSE_MILLISECONDS);
    }
  }
}

async function missingStatements(client: pg.ClientBase, programUser: string): Promise<string[]> {
  const { rows } = await client.query<{ role: string; exists: boolean; usable: boolean }>(
    `select role, r.oid is not null as exists,
       coalesce(exists (select from pg_auth_members m join pg_roles u on u.oid = m.member
         where m.roleid = r.oid and u.rolname = $2), false) as usable
     from unnest($1::text[]) as role left join pg_roles r on r.rolname = role`,
    [ROLES, programUser],
  );
  return rows.flatMap(({ role, exists, usable }) => [
    ...(exists ? [] : [`create role ${role} nologin nosuperuser nobypassrls noinherit`]),
    ...(usable ? [] : [`grant ${role} to "${programUser.replaceAll('"', '""')}"`]),
  ]);
}

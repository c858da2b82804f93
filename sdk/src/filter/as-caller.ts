import type { Auth } from '../verify/auth.ts';

/** A connection of `pg`, as far as this needs it. */
export interface PgClient {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  release(destroy?: boolean): void;
}

export interface PgPool {
  connect(): Promise<PgClient>;
}

/** Settings that policies of row-level security read: `current_setting('gatehouse.organization', true)`. */
const SETTINGS: readonly (readonly [name: string, read: (auth: Auth) => string])[] = [
  ['gatehouse.subject', ({ subject }) => subject],
  ['gatehouse.type', ({ type }) => type],
  ['gatehouse.organization', ({ organizationId }) => organizationId ?? ''],
  ['gatehouse.roles', ({ roles }) => JSON.stringify(roles)],
  ['gatehouse.groups', ({ groups }) => JSON.stringify(groups)],
];

/**
 * Runs in one transaction, in which the database itself knows who is calling. Its policies of row-level security then let
 * through what this caller may see, whatever the queries forget. Use a role of the database that they apply to.
 *
 * @example
 * ```ts
 * import { asCaller } from '@gatehouse/sdk/filter';
 * import type { Auth } from '@gatehouse/sdk/verify';
 * import type { Pool } from 'pg';
 *
 * // create policy own on invoices using (organization_id = current_setting('gatehouse.organization', true));
 * export const listInvoices = (pool: Pool, auth: Auth) =>
 *   asCaller(pool, auth, async (client) => (await client.query('select * from invoices')).rows);
 * ```
 */
export async function asCaller<Result>(
  pool: PgPool,
  auth: Auth,
  work: (client: PgClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    const calls = SETTINGS.map(([name], index) => `set_config('${name}', $${index + 1}, true)`);
    // For this transaction alone: the next user of the connection must not inherit a caller.
    await client.query(
      `select ${calls.join(', ')}`,
      SETTINGS.map(([, read]) => read(auth)),
    );
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

import type { Transaction } from 'kysely';
import pg from 'pg';
import { storeErrors } from './errors.ts';

/**
 * On whose behalf the database is used. Row-level security shows and accepts only the rows of that tenant, and with an
 * organization only the rows of that organization. `system` sees everything: migrations, snapshot loaders, cross-tenant work.
 */
export type Scope = { tenantId: string; organizationId?: string } | { system: true };

/** An open transaction. A room names its own tables: `tx.withTables<ApikeysTables>()`. */
export type Tx = Transaction<object>;

export interface TransactionOptions {
  isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readOnly?: boolean;
  /**
   * Rows are looked for by index, whatever the planner thinks. For statements about lists of keys: their plans are made
   * once and kept, and one that was made while the table was small would go through all of it when it is large.
   */
  byIndex?: boolean;
  /**
   * Rows come from an index that has them in the order that is asked for, so that the first of very many cost no more than
   * those of few. For pages of lists: just after an import the planner knows of no rows, and would read and sort all.
   */
  inOrder?: boolean;
}

/** The roles that policies speak of. NOLOGIN and without BYPASSRLS: the program takes one on for each transaction. */
export const APP_ROLE = 'gatehouse_app';
export const SYSTEM_ROLE = 'gatehouse_system';

/** Everything that opens a transaction, as one simple query: one round trip, and no statement can run before the scope is set. */
export function beginStatement(scope: Scope, options: TransactionOptions = {}): string {
  const access = options.readOnly === true ? 'read only' : 'read write';
  const avoided =
    options.inOrder === true ? ['seqscan', 'bitmapscan', 'sort'] : options.byIndex === true ? ['seqscan'] : [];
  const planning = avoided.map((way) => `; set local enable_${way} = off`).join('');
  const mode = `begin isolation level ${options.isolation ?? 'read committed'} ${access}${planning}`;
  if ('system' in scope) return `${mode}; set local role ${SYSTEM_ROLE}`;
  // An organization without a name would mean none, and see all of the tenant.
  if (scope.tenantId === '' || scope.organizationId === '') throw storeErrors.scope_invalid();
  const tenant = `set local gatehouse.tenant = ${pg.escapeLiteral(scope.tenantId)}`;
  const organization = `set local gatehouse.organization = ${pg.escapeLiteral(scope.organizationId ?? '')}`;
  return `${mode}; set local role ${APP_ROLE}; ${tenant}; ${organization}`;
}

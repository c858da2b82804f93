import { ConfigurationError } from '../verify/auth-error.ts';
import type { Filter } from './create-filters.ts';

/** What `sql<boolean>` of Kysely is: given by the caller, so that nobody else needs Kysely. */
export type SqlTag<Raw> = (strings: TemplateStringsArray, ...values: unknown[]) => Raw;

const PARAMETER = /"(?:[^"]|"")*"|\$(\d+)/g;

/**
 * A filter as an expression of Kysely, with its values as parameters of the query.
 *
 * @example
 * ```ts
 * import { type Filter, toKysely } from '@gatehouse/sdk/filter';
 * import { type Kysely, sql } from 'kysely';
 *
 * interface Database {
 *   invoices: { id: string; total: number };
 * }
 *
 * export const listInvoices = (db: Kysely<Database>, filter: Filter) =>
 *   db.selectFrom('invoices').selectAll().where(toKysely(sql<boolean>, filter)).execute();
 * ```
 *
 * @throws ConfigurationError for a filter whose parameters don't begin at 1.
 */
export function toKysely<Raw>(sql: SqlTag<Raw>, { text, values }: Filter): Raw {
  const strings: string[] = [];
  const used: unknown[] = [];
  let last = 0;
  for (const match of text.matchAll(PARAMETER)) {
    // A name in quotes may hold anything.
    if (match[1] === undefined) continue;
    const index = Number(match[1]) - 1;
    if (index < 0 || index >= values.length) {
      throw new ConfigurationError('For Kysely, ask for the filter without firstParameter.');
    }
    strings.push(text.slice(last, match.index));
    used.push(values[index]);
    last = match.index + match[0].length;
  }
  strings.push(text.slice(last));
  return sql(Object.assign(strings, { raw: strings }), ...used);
}

import { type RawBuilder, sql } from 'kysely';
import type { Condition } from './condition.ts';
import { type SqlTable, toSql } from './render-sql.ts';

/** For a `where` of Kysely's: the same text, with the values as its own parameters. */
export function toKysely(condition: Condition, table: SqlTable): RawBuilder<boolean> {
  const { text, values } = toSql(condition, table);
  const parts = text.split(/\$(\d+)::/);
  const first = table.firstParameter ?? 1;
  // Odd places hold the numbers of parameters. A text of the policies is never in the text, only among the values.
  const fragments = parts.map((part, index) =>
    index % 2 === 0 ? sql.raw(part) : sql`${values[Number(part) - first]}::`,
  );
  return sql<boolean>`${sql.join(fragments, sql.raw(''))}`;
}

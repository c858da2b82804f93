import { createHash } from 'node:crypto';

/**
 * Which statements the server keeps, parsed and planned, for each connection. Reading a statement and working row-level
 * security into it costs PostgreSQL more than running it: of a sign-in's share in the database this saves most.
 *
 * Only what is asked for again and again gets a name, so that statements whose text varies (lists of values) do not fill a
 * connection's memory: a plan takes some tens of kilobytes, and the server keeps it as long as the connection.
 */
const KEPT_MAX = 128;
const USES_BEFORE_KEPT = 8;
/** Texts that are counted at a time; when there are more, counting begins anew. */
const COUNTED_MAX = 2_000;
/** A statement beyond this is built from many values: it hardly comes again. */
const LENGTH_MAX = 8_000;

export function keptStatements(): (sql: string) => { name?: string } {
  const names = new Map<string, { name: string }>();
  const uses = new Map<string, number>();
  return (sql) => {
    const named = names.get(sql);
    if (named !== undefined) return named;
    if (names.size >= KEPT_MAX || sql.length > LENGTH_MAX) return {};
    const count = (uses.get(sql) ?? 0) + 1;
    if (count < USES_BEFORE_KEPT) {
      if (uses.size >= COUNTED_MAX) uses.clear();
      uses.set(sql, count);
      return {};
    }
    uses.delete(sql);
    // PostgreSQL cuts names at 63 characters; the driver refuses one name for two texts.
    const kept = { name: `g_${createHash('sha256').update(sql).digest('hex').slice(0, 40)}` };
    names.set(sql, kept);
    return kept;
  };
}

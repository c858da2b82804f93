import type pg from 'pg';
import type { ArchiveTable } from './archive-frames.ts';

/**
 * What the feed holds means nothing elsewhere: its rows name transactions of this server. Whoever opens a restored
 * database loads everything anyway.
 */
const TRANSIENT = ['changes', 'changes_pruned'];

/** All tables with the columns that can be written, a referenced table before those that refer to it. */
export async function listTables(client: pg.ClientBase): Promise<ArchiveTable[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; parents: string[] }>(
    `select c.relname as name,
       (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       array(select distinct p.relname::text from pg_constraint k join pg_class p on p.oid = k.confrelid
         where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as parents
     from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
       and not c.relispartition and c.relname <> all ($1) order by c.relname`,
    [TRANSIENT],
  );
  const ordered: typeof rows = [];
  let waiting = rows;
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ name }) => name));
    const ready = waiting.filter(({ parents }) => parents.every((parent) => !names.has(parent)));
    // Tables that refer to each other in a circle: then no order is right, and any must do.
    const next = ready.length > 0 ? ready : waiting;
    ordered.push(...next);
    waiting = waiting.filter((row) => !next.includes(row));
  }
  return ordered.map(({ name, columns }) => ({ name, columns }));
}

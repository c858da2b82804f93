/** Which rows may they see? Policies as a condition for your own database: `pg`, Kysely, Prisma, row-level security. */

export { asCaller, type PgClient, type PgPool } from './as-caller.ts';
export { createFilters, type Filter, type FilterOptions, type FilterQuestion, type Filters } from './create-filters.ts';
export type { ColumnType, FilterTable } from './filter-table.ts';
export { type SqlTag, toKysely } from './to-kysely.ts';

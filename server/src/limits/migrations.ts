import type { MigrationSet } from '#store';

/** What was used of quotas, added up over all processes. A row lives as long as its day or month, and a while after it. */
const quotas = `
  create table limit_quotas (
    tenant_id text not null,
    limit_key text not null,
    subject text not null,
    period text not null,
    period_end bigint not null,
    used bigint not null,
    primary key (tenant_id, limit_key, subject, period)
  );
  create index limit_quotas_by_end on limit_quotas (period_end);
  select gatehouse_protect('limit_quotas');
`;

export const limitsMigrations: MigrationSet = { room: 'limits', steps: [{ name: 'quotas', sql: quotas }] };

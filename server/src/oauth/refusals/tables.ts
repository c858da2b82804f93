/** Times are milliseconds since the epoch. */
export type RefusalTables = {
  /** Requests that were refused, with the whole reasoning, for operators. */
  oauth_refusals: {
    tenant_id: string;
    id: string;
    at: number;
    client_id: string | null;
    /** Our own code of the rule. */
    reason: string;
    /** JSON of the rest. */
    entry: unknown;
  };
};

export const REFUSALS_MIGRATION = {
  name: '0009-refusals',
  sql: `
    create table oauth_refusals (
      tenant_id text not null,
      id text not null,
      at bigint not null,
      client_id text,
      reason text not null,
      entry jsonb not null,
      primary key (tenant_id, id)
    );
    create index oauth_refusals_by_time on oauth_refusals (tenant_id, at);
    create index oauth_refusals_by_client on oauth_refusals (tenant_id, client_id, at);
    select gatehouse_protect('oauth_refusals');
  `,
} as const;

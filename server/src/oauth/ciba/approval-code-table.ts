/** Times are milliseconds since the epoch. */
export type ApprovalCodeTables = {
  /** What an application must tell before it may ask a person anything (`user_code`, OpenID Connect CIBA §7.1). */
  approval_codes: {
    tenant_id: string;
    user_id: string;
    /** Keyed: a code is short, and worth nothing to whoever has the database alone. */
    hash: string;
    changed_at: number;
  };
};

export const APPROVAL_CODE_MIGRATION = {
  name: '0012-approval-codes',
  sql: `
    create table approval_codes (
      tenant_id text not null,
      user_id text not null,
      hash text not null,
      changed_at bigint not null,
      primary key (tenant_id, user_id)
    );
    select gatehouse_protect('approval_codes');
  `,
} as const;

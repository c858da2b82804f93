/** Where a session began, where a proxy in front says so; and what finds a person's last place. */
export const placeMigration = {
  name: 'the place of a sign-in',
  sql: `
    alter table sessions add column place jsonb;
    create index sessions_of_user_placed on sessions (tenant_id, user_id, created_at) where place is not null;
  `,
} as const;

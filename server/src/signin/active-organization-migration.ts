/** A row of its own beside the session: sessions go on in one another, and what was chosen goes on with their origin. */
export const activeOrganizations = {
  name: 'the active organization of a session',
  sql: `
    create table active_organizations (
      tenant_id text not null,
      session_id text not null,
      organization_id text not null,
      chosen_at bigint not null,
      primary key (tenant_id, session_id)
    );
    select gatehouse_protect('active_organizations', true);
  `,
} as const;

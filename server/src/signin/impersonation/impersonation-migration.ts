/**
 * Sessions in which somebody else acts for their person, and the permissions to begin one. `actor_session_id` is the origin
 * of the actor's own session: such a session is good beside that one alone, and ends with it.
 */
export const impersonationMigration = {
  name: 'somebody acts for a person',
  sql: `
    alter table sessions add column actor_id text;
    alter table sessions add column actor_session_id text;
    create index sessions_of_actor on sessions (tenant_id, actor_session_id) where actor_session_id is not null and ended_at is null;

    create table impersonations (
      tenant_id text not null,
      id text not null,
      user_id text not null,
      actor_id text not null,
      reason text not null,
      lifetime_ms bigint not null,
      created_at bigint not null,
      expires_at bigint not null,
      primary key (tenant_id, id)
    );
    create index impersonations_expiry on impersonations (expires_at);
    select gatehouse_protect('impersonations');
  `,
} as const;

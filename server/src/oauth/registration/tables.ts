/** Times are milliseconds since the epoch. */
export type RegistrationTables = {
  initial_access_tokens: {
    tenant_id: string;
    id: string;
    hash: string;
    /** Name of the registration policy that its registrations follow. */
    policy: string;
    description: string | null;
    uses_left: number;
    created_at: number;
    expires_at: number;
  };
  client_registrations: {
    tenant_id: string;
    client_resource_id: string;
    client_id: string;
    policy: string;
    /** Of the registration access token. */
    hash: string;
    created_at: number;
    rotated_at: number;
  };
};

export const REGISTRATION_MIGRATION = {
  name: '0006-registration',
  sql: `
    create table initial_access_tokens (
      tenant_id text not null,
      id text not null,
      hash text not null,
      policy text not null,
      description text,
      uses_left integer not null,
      created_at bigint not null,
      expires_at bigint not null,
      primary key (tenant_id, id)
    );
    create unique index initial_access_tokens_hash on initial_access_tokens (tenant_id, hash);
    create index initial_access_tokens_expiry on initial_access_tokens (expires_at);
    select gatehouse_protect('initial_access_tokens');

    create table client_registrations (
      tenant_id text not null,
      client_resource_id text not null,
      client_id text not null,
      policy text not null,
      hash text not null,
      created_at bigint not null,
      rotated_at bigint not null,
      primary key (tenant_id, client_resource_id)
    );
    create index client_registrations_client on client_registrations (tenant_id, client_id);
    select gatehouse_protect('client_registrations');
  `,
} as const;

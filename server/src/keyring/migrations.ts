/** Keys under which everything else is sealed: no tenant's, so reserved for the system scope (and wrapped besides). */
const keyringKeys = `
  create table keyring_keys (
    kind text not null check (kind in ('data', 'mac')),
    generation integer not null check (generation > 0),
    wrapped text not null,
    activates_at bigint not null,
    created_at bigint not null,
    primary key (kind, generation)
  );
  select gatehouse_reserve('keyring_keys');
`;

/**
 * Private keys are sealed. A row that is gone keeps its public key for the record, and no private one.
 * At most one key is announced, and one active, per tenant and algorithm: the indexes hold it, also between processes.
 */
const signingKeys = `
  create table signing_keys (
    tenant_id text not null,
    id text not null,
    alg text not null,
    state text not null check (state in ('announced', 'active', 'retiring', 'gone')),
    public_jwk jsonb not null,
    private_key text,
    created_at bigint not null,
    activates_at bigint not null,
    retires_at bigint,
    gone_at bigint,
    primary key (tenant_id, id),
    check ((state = 'gone') = (private_key is null))
  );
  create unique index signing_keys_one_announced on signing_keys (tenant_id, alg) where state = 'announced';
  create unique index signing_keys_one_active on signing_keys (tenant_id, alg) where state = 'active';
  select gatehouse_protect('signing_keys');
`;

export const keyringMigrations = {
  room: 'keyring',
  steps: [
    { name: 'keyring_keys', sql: keyringKeys },
    { name: 'signing_keys', sql: signingKeys },
  ],
} as const;

/** Proofs that somebody reads an address, and what was counted against guessing and flooding. */
export const emailProofMigration = {
  name: 'e-mail challenges and attempts',
  sql: `
    create table email_challenges (
      tenant_id text not null,
      id text not null,
      purpose text not null,
      -- Null where there is nobody: made all the same, so that nobody can tell.
      user_id text,
      -- The address it is about, under the key ring.
      address_sealed text,
      token_hash text not null,
      code_hash text,
      browser_hash text,
      attempts int not null default 0,
      created_at bigint not null,
      expires_at bigint not null,
      consumed_at bigint,
      primary key (tenant_id, id),
      unique (tenant_id, token_hash)
    );
    create index email_challenges_of_user on email_challenges (tenant_id, user_id) where consumed_at is null;
    create index email_challenges_expiry on email_challenges (expires_at);
    select gatehouse_protect('email_challenges');

    create table email_attempts (
      tenant_id text not null,
      key_hash text not null,
      window_started_at bigint not null,
      count int not null,
      primary key (tenant_id, key_hash, window_started_at)
    );
    select gatehouse_protect('email_attempts');
  `,
};

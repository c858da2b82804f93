import type { MigrationSet } from '#store';
import { activeOrganizations } from './active-organization-migration.ts';
import { allSessionsMigration } from './all-sessions.ts';
import { knownDevicesMigration } from './devices/known-devices.ts';
import { emailProofMigration } from './email-proof/email-proof-migration.ts';
import { sessionExpiryMigration, sessionsDueMigration } from './end-expired-sessions.ts';
import { impersonationMigration } from './impersonation/impersonation-migration.ts';
import { userImportMigration } from './import/import-tables.ts';
import { placeMigration } from './place-migration.ts';
import { countersMigration } from './throttle/database-counters.ts';

/** Append only: a step that has run somewhere is never edited (the store refuses one whose checksum changed). */
export const signinMigrations: MigrationSet = {
  room: 'signin',
  steps: [
    {
      name: 'passwords, sessions and one-time links',
      sql: `
        create table password_credentials (
          tenant_id text not null,
          user_id text not null,
          password_hash text not null,
          created_at bigint not null,
          updated_at bigint not null,
          primary key (tenant_id, user_id)
        );
        select gatehouse_protect('password_credentials');

        create table sessions (
          tenant_id text not null,
          id text not null,
          token_hash text not null,
          user_id text not null,
          acr text not null,
          amr text[] not null,
          authenticated_at bigint not null,
          created_at bigint not null,
          last_seen_at bigint not null,
          expires_at bigint not null,
          user_agent text not null,
          address text not null,
          ended_at bigint,
          end_reason text,
          primary key (tenant_id, id),
          unique (tenant_id, token_hash)
        );
        create index sessions_of_user on sessions (tenant_id, user_id, last_seen_at) where ended_at is null;
        select gatehouse_protect('sessions');

        create table one_time_links (
          tenant_id text not null,
          id text not null,
          kind text not null,
          token_hash text not null,
          created_at bigint not null,
          expires_at bigint not null,
          consumed_at bigint,
          primary key (tenant_id, id),
          unique (tenant_id, token_hash)
        );
        -- One open link to become the first administrator: a newer one takes the older one's place.
        create unique index one_time_links_first_administrator on one_time_links (tenant_id)
          where kind = 'first_administrator' and consumed_at is null;
        select gatehouse_protect('one_time_links');
      `,
    },
    {
      name: 'sessions go on in one another',
      sql: `
        alter table sessions add column origin_id text;
        update sessions set origin_id = id;
        alter table sessions alter column origin_id set not null;
        create index sessions_of_origin on sessions (tenant_id, origin_id) where ended_at is null;
      `,
    },
    {
      name: 'flows, factors, known devices and counted failures',
      sql: `
        alter table sessions add column idle_ms bigint not null default 86400000;
        alter table sessions add column device_remembered boolean not null default false;

        create table sign_in_flows (
          tenant_id text not null,
          id text not null,
          token_hash text not null,
          user_id text not null,
          state jsonb not null,
          failures int not null default 0,
          created_at bigint not null,
          expires_at bigint not null,
          primary key (tenant_id, id),
          unique (tenant_id, token_hash)
        );
        create index sign_in_flows_expiry on sign_in_flows (expires_at);
        select gatehouse_protect('sign_in_flows');

        create table totp_credentials (
          tenant_id text not null,
          user_id text not null,
          secret_sealed text not null,
          -- The step whose code was used last: neither it nor an earlier one is taken again.
          last_step bigint not null default 0,
          created_at bigint not null,
          primary key (tenant_id, user_id)
        );
        select gatehouse_protect('totp_credentials');

        -- While a person sets it up: no code of it lets anyone in yet.
        create table totp_enrolments (
          tenant_id text not null,
          user_id text not null,
          secret_sealed text not null,
          expires_at bigint not null,
          primary key (tenant_id, user_id)
        );
        select gatehouse_protect('totp_enrolments');

        create table recovery_codes (
          tenant_id text not null,
          user_id text not null,
          code_hash text not null,
          created_at bigint not null,
          used_at bigint,
          primary key (tenant_id, user_id, code_hash)
        );
        select gatehouse_protect('recovery_codes');

        create table passkeys (
          tenant_id text not null,
          id text not null,
          user_id text not null,
          credential_id text not null,
          public_key text not null,
          counter bigint not null,
          transports text[] not null,
          aaguid text not null,
          backed_up boolean not null,
          multi_device boolean not null,
          name text not null,
          created_at bigint not null,
          last_used_at bigint,
          primary key (tenant_id, id),
          unique (tenant_id, credential_id)
        );
        create index passkeys_of_user on passkeys (tenant_id, user_id);
        select gatehouse_protect('passkeys');

        create table webauthn_challenges (
          tenant_id text not null,
          challenge_hash text not null,
          ceremony text not null,
          -- The form cookie, flow or session that it was made for.
          bound_to text not null,
          expires_at bigint not null,
          primary key (tenant_id, challenge_hash)
        );
        create index webauthn_challenges_expiry on webauthn_challenges (expires_at);
        select gatehouse_protect('webauthn_challenges');

        create table known_devices (
          tenant_id text not null,
          token_hash text not null,
          user_id text not null,
          user_agent text not null,
          created_at bigint not null,
          last_seen_at bigint not null,
          -- Until then the device stands in for the second factor.
          remembered_until bigint,
          primary key (tenant_id, token_hash, user_id)
        );
        create index known_devices_of_user on known_devices (tenant_id, user_id, last_seen_at);
        select gatehouse_protect('known_devices');

        create table sign_in_counters (
          tenant_id text not null,
          -- A keyed hash: what is typed as a name is sometimes a password.
          key text not null,
          level double precision not null,
          updated_at bigint not null,
          primary key (tenant_id, key)
        );
        create index sign_in_counters_age on sign_in_counters (updated_at);
        select gatehouse_protect('sign_in_counters');
      `,
    },
    activeOrganizations,
    emailProofMigration,
    userImportMigration,
    placeMigration,
    impersonationMigration,
    allSessionsMigration,
    sessionExpiryMigration,
    sessionsDueMigration,
    knownDevicesMigration,
    countersMigration,
  ],
};

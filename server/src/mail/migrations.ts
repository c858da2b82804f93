import type { MigrationSet } from '#store';

/** Append only: a step that has run somewhere is never edited (the store refuses one whose checksum changed). */
export const mailMigrations: MigrationSet = {
  room: 'mail',
  steps: [
    {
      name: 'outbox',
      sql: `
        create table mail_outbox (
          tenant_id text not null,
          id text not null,
          template text not null,
          recipient_hash text not null,
          -- Recipient, language and values, under the key ring. Nothing of it stays once the mail has gone.
          sealed text,
          status text not null check (status in ('queued', 'sent', 'given_up')),
          attempts int not null default 0,
          next_attempt_at bigint not null,
          expires_at bigint not null,
          created_at bigint not null,
          finished_at bigint,
          failure text,
          primary key (tenant_id, id)
        );
        create index mail_outbox_due on mail_outbox (next_attempt_at) where status = 'queued';
        create index mail_outbox_finished on mail_outbox (finished_at) where status <> 'queued';
        select gatehouse_protect('mail_outbox');

        create table mail_requests (
          tenant_id text not null,
          id text not null,
          kind text not null,
          sealed text not null,
          attempts int not null default 0,
          next_attempt_at bigint not null,
          created_at bigint not null,
          primary key (tenant_id, id)
        );
        create index mail_requests_due on mail_requests (next_attempt_at);
        select gatehouse_protect('mail_requests');

        create table mail_rates (
          tenant_id text not null,
          recipient_hash text not null,
          window_started_at bigint not null,
          count int not null,
          primary key (tenant_id, recipient_hash, window_started_at)
        );
        select gatehouse_protect('mail_rates');
      `,
    },
  ],
};

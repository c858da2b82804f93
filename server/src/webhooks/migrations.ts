import type { MigrationSet } from '#store';

/** Append only: a step that has run somewhere is never edited (the store refuses one whose checksum changed). */
export const webhooksMigrations: MigrationSet = {
  room: 'webhooks',
  steps: [
    {
      name: 'webhooks',
      sql: `
        create table webhook_endpoints (
          tenant_id text not null,
          webhook text not null,
          id text not null,
          organization_id text,
          url text not null,
          events text[] not null,
          key_tags text[],
          details boolean not null,
          contact_email text,
          paused boolean not null,
          since_sequence bigint not null,
          disabled_at bigint,
          disabled_reason text check (disabled_reason in ('gone', 'failing')),
          failing_since bigint,
          last_delivered_at bigint,
          dropped int not null default 0,
          primary key (tenant_id, webhook)
        );
        select gatehouse_protect('webhook_endpoints', true);

        create table webhook_secrets (
          tenant_id text not null,
          id text not null,
          webhook text not null,
          organization_id text,
          sealed text not null,
          hint text not null,
          created_at bigint not null,
          expires_at bigint,
          primary key (tenant_id, id),
          foreign key (tenant_id, webhook) references webhook_endpoints on delete cascade
        );
        create index webhook_secrets_of on webhook_secrets (tenant_id, webhook);
        select gatehouse_protect('webhook_secrets', true);

        create table webhook_deliveries (
          tenant_id text not null,
          id text not null,
          webhook text not null,
          organization_id text,
          -- What is sent is written from the event each time: here stands only where it is.
          sequence bigint not null,
          event_id text not null,
          event_type text not null,
          status text not null check (status in ('queued', 'delivered', 'given_up')),
          attempts int not null default 0,
          attempts_total int not null default 0,
          next_attempt_at bigint not null,
          taken_at bigint,
          created_at bigint not null,
          finished_at bigint,
          last_status int,
          last_failure text,
          primary key (tenant_id, id),
          foreign key (tenant_id, webhook) references webhook_endpoints on delete cascade
        );
        create unique index webhook_deliveries_once on webhook_deliveries (tenant_id, webhook, sequence);
        create index webhook_deliveries_due on webhook_deliveries (tenant_id, webhook, next_attempt_at) where status = 'queued';
        create index webhook_deliveries_listed on webhook_deliveries (tenant_id, webhook, id);
        create index webhook_deliveries_finished on webhook_deliveries (finished_at) where status <> 'queued';
        select gatehouse_protect('webhook_deliveries', true);

        create table webhook_attempts (
          tenant_id text not null,
          delivery_id text not null,
          number int not null,
          organization_id text,
          at bigint not null,
          status int,
          failure text,
          duration_ms int not null,
          answer text,
          primary key (tenant_id, delivery_id, number),
          foreign key (tenant_id, delivery_id) references webhook_deliveries on delete cascade
        );
        create index webhook_attempts_by_age on webhook_attempts (at) where answer is not null;
        select gatehouse_protect('webhook_attempts', true);

        -- How far each tenant's audit chain was read. Only tenants that ever had a webhook are here.
        create table webhook_cursors (tenant_id text primary key, sequence bigint not null);
        select gatehouse_protect('webhook_cursors');
      `,
    },
    {
      // On 60,000 deliveries every statement that took it reads as few pages by `webhook_deliveries_once`, which begins with the
      // same columns, or by the primary key.
      name: 'webhook deliveries are listed by their place in the chain',
      sql: 'drop index webhook_deliveries_listed;',
    },
  ],
};

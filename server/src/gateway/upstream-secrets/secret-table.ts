import type { MigrationSet } from '#store';
import { API_TRAFFIC_SQL } from '../drift/traffic-table.ts';
import { gatewaySessionsStep } from '../sessions/session-table.ts';

export type UpstreamSecretTables = {
  upstream_secrets: {
    tenant_id: string;
    /** Names, not ids: a row never outlives its declaration (see settle-secrets.ts), so no other upstream inherits it. */
    upstream: string;
    name: string;
    sealed: string;
    /** Where it may be sent: origins, with spaces between them. null: set before that was asked for. */
    origins: string | null;
    set_at: number;
  };
};

/** Change topic: a secret of the upstream with this name was set or removed. */
export const UPSTREAM_SECRET_TOPIC = 'upstream_secret';

/**
 * Sealed for its place and for where it may be sent, so that nobody moves the value to an upstream or a host of their own.
 * No name holds a slash, and no name or origin a space.
 */
export const placeOfSecret = (
  { tenantId, upstream, name }: { tenantId: string; upstream: string; name: string },
  origins: string | null,
) => ({
  table: 'upstream_secrets',
  column: 'sealed',
  row: `${tenantId}/${upstream}/${name}${origins === null ? '' : ` ${origins}`}`,
});

/** Of the targets of an upstream, each once. */
export const originsOf = (targets: readonly { url: string }[]): string[] => [
  ...new Set(targets.flatMap(({ url }) => URL.parse(url)?.origin ?? [])),
];

export const gatewayMigrations: MigrationSet = {
  room: 'gateway',
  steps: [
    {
      name: 'upstream_secrets',
      sql: `
        create table upstream_secrets (
          tenant_id text not null,
          upstream text not null,
          name text not null,
          sealed text not null,
          set_at bigint not null,
          primary key (tenant_id, upstream, name)
        );
        select gatehouse_protect('upstream_secrets');
      `,
    },
    gatewaySessionsStep,
    { name: 'api_traffic', sql: API_TRAFFIC_SQL },
    { name: 'upstream_secrets_origins', sql: 'alter table upstream_secrets add column origins text' },
  ],
};

import type { MigrationSet } from '#store';

/** Decisions with what they were made from, so that they can be explained and made again under other policies. */
const decisionLog = `
  create table decision_log (
    tenant_id text not null,
    organization_id text,
    decision_id text not null,
    at bigint not null,
    allowed boolean not null,
    -- Whether policies that are only tried out would have decided otherwise.
    shadow_differs boolean not null,
    entry jsonb not null,
    primary key (tenant_id, decision_id)
  );
  create index decision_log_by_time on decision_log (tenant_id, at);
  select gatehouse_protect('decision_log', true);
`;

/** All policies of a tenant as they stood after each change. */
const policyVersions = `
  create table policy_versions (
    tenant_id text not null,
    number integer not null,
    at bigint not null,
    author jsonb not null,
    message text not null,
    policies jsonb not null,
    primary key (tenant_id, number)
  );
  select gatehouse_protect('policy_versions');
`;

export const decisionsMigrations: MigrationSet = {
  room: 'decisions',
  steps: [
    { name: 'decision-log', sql: decisionLog },
    { name: 'policy-versions', sql: policyVersions },
  ],
};

import { sql } from 'kysely';
import type { Settle } from '#resources';
import { validatePolicies } from '../cedar/check-schema.ts';
import { policiesErrors } from '../errors.ts';
import { type PolicySpec, policyKind, toPolicySource } from '../policy-kind.ts';
import { compilePolicies } from '../policy-set.ts';
import { policySchemaKind } from './policy-schema-kind.ts';
import { policyTestKind } from './policy-test-kind.ts';
import { runPolicyTests } from './run-policy-tests.ts';

const TOLD_MAX = 10;

/**
 * Once all that a change says about policies, their schema and their tests is written: policies that don't fit the schema, or
 * fail a test, undo the change. What passes becomes the next version of the policies.
 * @throws `policies_do_not_fit`, `policy_tests_failed`
 */
export const settlePolicies: Settle = async (tx, { tenantId, principal, at, message, load }) => {
  const policies = await load(policyKind);
  const tests = await load(policyTestKind);
  const [schema] = await load(policySchemaKind);
  if (schema !== undefined) demandFit(schema.spec.cedar, policies);
  if (tests.length > 0) {
    const set = compilePolicies(policies.map(toPolicySource), 0);
    const { failures } = runPolicyTests(
      set,
      tests.map(({ name, spec }) => ({ name, tests: spec.tests })),
    );
    if (failures.length > 0) {
      const told = failures
        .slice(0, TOLD_MAX)
        .map(({ test, expected, reason }) => `${test}: expected ${expected}, got ${reason}`);
      throw policiesErrors.policy_tests_failed({
        message: `The policies fail ${failures.length} of their tests: ${told.join('; ')}. Nothing was changed.`,
        details: { failures: failures.slice(0, TOLD_MAX) },
      });
    }
  }
  const text = JSON.stringify(policies.map(({ name, spec }) => ({ name, spec })));
  const author = JSON.stringify({ type: principal.type, id: principal.id });
  // Versions are numbered one after the other: whoever changes resources holds the tenant's revision.
  await sql`
    insert into policy_versions (tenant_id, number, at, author, message, policies)
    select ${tenantId}, coalesce(max(number), 0) + 1, ${at}, ${author}::jsonb, ${message ?? ''}, ${text}::jsonb
    from policy_versions where tenant_id = ${tenantId}
    having not exists (
      select 1 from policy_versions last where last.tenant_id = ${tenantId} and last.policies = ${text}::jsonb
        and last.number = (select max(number) from policy_versions where tenant_id = ${tenantId}))`.execute(tx);
};

function demandFit(schema: string, policies: readonly { name: string; spec: PolicySpec }[]): void {
  const findings = policies.flatMap(({ name, spec }) =>
    validatePolicies(schema, spec.cedar).map(({ message }) => `${name}: ${message}`),
  );
  if (findings.length === 0) return;
  throw policiesErrors.policies_do_not_fit({
    message: `The policies do not fit the policy schema: ${findings.slice(0, TOLD_MAX).join('; ')}. Nothing was changed.`,
    details: { findings: findings.slice(0, TOLD_MAX) },
  });
}

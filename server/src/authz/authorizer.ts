import type { Decision, DecisionRequest, Logger } from '#base';
import type { ResourceSnapshot } from '#resources';
import { decide } from './decide.ts';
import type { DecisionOrigin } from './decision-log/decision-origin.ts';
import type { DecisionLog } from './decision-log/open-decision-log.ts';
import type { TenantFacts } from './facts/request-facts.ts';
import { type PolicySpec, toPolicySource } from './policy-kind.ts';
import { compilePolicies, type ParsedTexts, type PolicySet } from './policy-set.ts';

export interface Authorizer {
  /** Synchronous, from memory; never throws. See {@link decide}. */
  decide(request: DecisionRequest, origin?: DecisionOrigin): Decision;
  /** The policies in force, for explanations and for health checks (`broken` should be empty). */
  policies(tenantId: string): PolicySet;
  close(): void;
}

export interface AuthorizerDeps {
  policies: Pick<ResourceSnapshot<PolicySpec>, 'all' | 'tenants' | 'onChange'>;
  /** Relationships that policies may ask for, by tenant. */
  facts?: { of(tenantId: string): TenantFacts };
  /** Where decisions with an origin are taken down. */
  decisionLog?: Pick<DecisionLog, 'offer'>;
  log: Logger;
}

/** Denies everything that gets as far as policies. */
const UNREADABLE: PolicySet = {
  ...compilePolicies([], 0),
  broken: [{ policy: '(all)', message: 'the policies could not be read' }],
};

/**
 * Compiles each tenant's policies, and again when one of them changes. The new set takes the place of the old one at
 * once, between two decisions.
 *
 * While the database can't be read, the last set that was read stays in force: the snapshot it comes from sees to that.
 * A stored policy that does not compile is another matter: somebody put it in force, perhaps to close something. The
 * others are compiled without it, and every decision that would be an allow is a deny (see {@link PolicySet.broken})
 * until it is mended, reported in each decision and in the log.
 */
export function openAuthorizer({ policies, facts, decisionLog, log }: AuthorizerDeps): Authorizer {
  const tenants = new Map<string, { set: PolicySet; parsed: ParsedTexts }>();

  const compile = (tenantId: string): PolicySet => {
    const last = tenants.get(tenantId);
    const parsed = last?.parsed ?? new Map();
    const resources = policies.all(tenantId);
    // The time of the last change, so that processes agree; one more than before when that did not grow (a deletion).
    const changedAt = resources.reduce((latest, { updatedAt }) => Math.max(latest, updatedAt), 0);
    const version = last === undefined ? changedAt : Math.max(changedAt, last.set.version + 1);
    const sources = resources.map(toPolicySource);
    const set = compilePolicies(sources, version, parsed);
    for (const broken of set.shadow?.broken ?? [])
      log.warn({ tenantId, ...broken }, 'a policy on trial does not compile');
    for (const broken of set.broken) {
      log.error({ tenantId, ...broken }, 'a stored policy does not compile: every call that policies decide is denied');
    }
    tenants.set(tenantId, { set, parsed });
    return set;
  };

  for (const tenantId of policies.tenants()) compile(tenantId);
  const end = policies.onChange((tenantIds) => {
    for (const tenantId of tenantIds) compile(tenantId);
  });
  // A tenant without policies is compiled when first asked for: it still has scopes and roles.
  const current = (tenantId: string): PolicySet => {
    const known = tenants.get(tenantId);
    if (known !== undefined) return known.set;
    try {
      return compile(tenantId);
    } catch (err) {
      log.error({ tenantId, err }, 'the policies of a tenant could not be read: its calls are denied');
      return UNREADABLE;
    }
  };

  return {
    decide(request, origin) {
      const { tenantId } = request.principal;
      const decision = decide(current(tenantId), request, facts?.of(tenantId));
      if (origin !== undefined) decisionLog?.offer(request, decision, origin);
      return decision;
    },
    policies: current,
    close: end,
  };
}

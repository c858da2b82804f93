import type { Clock, DecisionRequest } from '#base';
import type { Authorizer } from '../authorizer.ts';
import type { LoggedDecision } from '../decision-log/logged-decision.ts';
import {
  type AskedDecision,
  askedOrganization,
  readSubjectType,
  toDecisionRequest,
} from '../decisions/asked-decision.ts';
import { denyInactive } from '../decisions/decision-point.ts';
import type { KnownPrincipal, PrincipalDirectory } from '../decisions/principal-directory.ts';
import type { Facts } from '../facts/open-facts.ts';
import { applyChanges, type Change, tuplesOf } from './change.ts';
import { type Explanation, explainDecision } from './explain-decision.ts';
import { toRequest } from './explain-logged.ts';

export interface WhatIfDeps {
  clock: Clock;
  authorizer: Pick<Authorizer, 'policies'>;
  facts: Pick<Facts, 'places'>;
  principals: Pick<PrincipalDirectory, 'find'>;
}

export interface WhatIf extends Explanation {
  /** The question as policies saw it, with the changes made. */
  request: DecisionRequest;
  /** Whether the directory knows the principal; what it says counts more than what the asker says. */
  known: boolean;
  active: boolean;
}

/**
 * What would be decided, were this asked, or were that decision of the log asked again, with these changes made. Decides
 * nothing: it is neither enforced nor taken down.
 * @throws `subject_type_invalid`, `resource_type_invalid`
 */
export async function whatIf(
  deps: WhatIfDeps,
  { tenantId, of, changes }: { tenantId: string; of: AskedDecision | LoggedDecision; changes: readonly Change[] },
): Promise<WhatIf> {
  const { request: plain, known } = await requestOf(deps, tenantId, of);
  const request = applyChanges(plain, changes);
  const set = deps.authorizer.policies(tenantId);
  const explanation = explainDecision(set, request, deps.facts.places(tenantId), tuplesOf(changes));
  const active = known?.active !== false;
  const decided: Pick<Explanation, 'decision' | 'suggestions' | 'changes'> = active
    ? explanation
    : { decision: denyInactive(deps, tenantId), suggestions: [], changes: [] };
  return { ...explanation, ...decided, request, known: known !== undefined, active };
}

async function requestOf(
  { clock, principals }: WhatIfDeps,
  tenantId: string,
  of: AskedDecision | LoggedDecision,
): Promise<{ request: DecisionRequest; known: KnownPrincipal | undefined }> {
  const { kind, id, organizationId } = 'decisionId' in of ? ofLogged(of) : ofAsked(of);
  const found =
    kind === undefined ? undefined : await principals.find({ tenantId, type: kind, ids: [id], organizationId });
  const known = found?.get(id);
  if ('decisionId' in of) return { request: toRequest(of), known };
  return { request: toDecisionRequest(of, { tenantId, known, now: clock.now() }), known };
}

function ofAsked({ subject }: AskedDecision) {
  return { kind: readSubjectType(subject.type).kind, id: subject.id, organizationId: askedOrganization(subject) };
}

function ofLogged({ request: { principal, principalEntityType } }: LoggedDecision) {
  const { type, id, organizationId } = principal;
  return { kind: principalEntityType === undefined ? type : undefined, id, organizationId };
}

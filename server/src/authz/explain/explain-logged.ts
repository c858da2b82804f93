import type { DecisionRequest } from '#base';
import type { Authorizer } from '../authorizer.ts';
import type { LoggedDecision } from '../decision-log/logged-decision.ts';
import type { Facts } from '../facts/open-facts.ts';
import { type Explanation, explainDecision } from './explain-decision.ts';

/** A decision as it was, and as it would be explained now. */
export interface LoggedExplanation extends Explanation {
  logged: LoggedDecision;
  /** It would come out otherwise now: policies, relationships or roles have changed, or something was not kept. */
  outdated: boolean;
}

/** Makes a decision of the log again, under the policies and relationships of now, clause by clause. */
export function explainLogged(
  { authorizer, facts }: { authorizer: Pick<Authorizer, 'policies'>; facts: Pick<Facts, 'places'> },
  logged: LoggedDecision,
): LoggedExplanation {
  const { tenantId, decision } = logged;
  const explanation = explainDecision(authorizer.policies(tenantId), toRequest(logged), facts.places(tenantId));
  const outdated = explanation.decision.allowed !== decision.allowed || explanation.decision.reason !== decision.reason;
  return { ...explanation, logged, outdated };
}

/** What was asked, to be asked again. */
export function toRequest({ tenantId, request }: LoggedDecision): DecisionRequest {
  return { ...request, principal: { ...request.principal, tenantId } };
}

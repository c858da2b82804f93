import { type Decision, GatehouseError, type IdSource, newId, type PrincipalType } from '#base';
import type { Authorizer } from '../authorizer.ts';
import { SUMMARIES } from '../decision-summary.ts';
import { type AskedDecision, askedOrganization, readSubjectType, toDecisionRequest } from './asked-decision.ts';
import type { KnownPrincipal, PrincipalDirectory } from './principal-directory.ts';

export interface DecisionPointDeps extends IdSource {
  authorizer: Pick<Authorizer, 'decide' | 'policies'>;
  principals: PrincipalDirectory;
}

/** An answer to one question; or why there is none, which is a no as well. */
export type Answer = { decisionId: string; decision: Decision } | { decisionId: string; error: GatehouseError };

export const SEMANTICS = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;
export type Semantic = (typeof SEMANTICS)[number];

/** Whether the questions after this answer need not be asked any more. */
const STOPS: Readonly<Record<Semantic, (allowed: boolean) => boolean>> = {
  execute_all: () => false,
  deny_on_first_deny: (allowed) => !allowed,
  permit_on_first_permit: (allowed) => allowed,
};

/** One question. @throws `subject_type_invalid`, `resource_type_invalid` */
export async function evaluate(
  deps: DecisionPointDeps,
  { tenantId, asked }: { tenantId: string; asked: AskedDecision },
): Promise<{ decisionId: string; decision: Decision }> {
  const known = await findSubjects(deps, tenantId, [asked]);
  return decideOne(deps, tenantId, asked, known);
}

/**
 * Several questions, answered in their order, from one state of the directory. One that can't be answered is a no with its
 * reason, and stops the others as a no does; a question that was already refused comes as that refusal.
 */
export async function evaluateAll(
  deps: DecisionPointDeps,
  {
    tenantId,
    asked,
    semantic,
  }: { tenantId: string; asked: readonly (AskedDecision | GatehouseError)[]; semantic: Semantic },
): Promise<Answer[]> {
  const questions = asked.flatMap((each) => (each instanceof GatehouseError ? [] : [each]));
  const known = await findSubjects(deps, tenantId, questions);
  const answers: Answer[] = [];
  for (const each of asked) {
    const answer = tryOne(deps, tenantId, each, known);
    answers.push(answer);
    if (STOPS[semantic]('decision' in answer && answer.decision.allowed)) break;
  }
  return answers;
}

function tryOne(
  deps: DecisionPointDeps,
  tenantId: string,
  asked: AskedDecision | GatehouseError,
  known: KnownSubjects,
): Answer {
  if (asked instanceof GatehouseError) return { decisionId: newId('decision', deps), error: asked };
  try {
    return decideOne(deps, tenantId, asked, known);
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    return { decisionId: newId('decision', deps), error };
  }
}

function decideOne(deps: DecisionPointDeps, tenantId: string, asked: AskedDecision, known: KnownSubjects) {
  const { kind } = readSubjectType(asked.subject.type);
  const there = kind === undefined ? undefined : known.get(placeOf(kind, askedOrganization(asked.subject)));
  const subject = there?.get(asked.subject.id);
  const request = toDecisionRequest(asked, { tenantId, known: subject, now: deps.clock.now() });
  const decisionId = newId('decision', deps);
  if (subject?.active === false) return { decisionId, decision: denyInactive(deps, tenantId) };
  return { decisionId, decision: deps.authorizer.decide(request, { decisionId, source: 'decision_api' }) };
}

/** Whoever was shut out may do nothing, whatever policies say. */
export function denyInactive({ authorizer }: { authorizer: Pick<Authorizer, 'policies'> }, tenantId: string): Decision {
  const { version } = authorizer.policies(tenantId);
  const summary = SUMMARIES.principal_inactive;
  return { allowed: false, reason: 'principal_inactive', summary, policies: [], errors: [], policyVersion: version };
}

/** By {@link placeOf}. */
type KnownSubjects = ReadonlyMap<string, ReadonlyMap<string, KnownPrincipal>>;

/** The same person may be asked about in several organizations. */
function placeOf(kind: PrincipalType, organizationId: string | undefined): string {
  return JSON.stringify([kind, organizationId]);
}

/** One look for each kind of subject and organization, however many questions there are. */
async function findSubjects(
  { principals }: DecisionPointDeps,
  tenantId: string,
  asked: readonly AskedDecision[],
): Promise<KnownSubjects> {
  const wanted = new Map<string, { type: PrincipalType; organizationId: string | undefined; ids: Set<string> }>();
  for (const { subject } of asked) {
    const type = kindOf(subject.type);
    if (type === undefined) continue;
    const organizationId = askedOrganization(subject);
    const place = placeOf(type, organizationId);
    const there = wanted.get(place) ?? { type, organizationId, ids: new Set() };
    there.ids.add(subject.id);
    wanted.set(place, there);
  }
  const found = [...wanted].map(async ([place, { ids, ...there }]) => {
    return [place, await principals.find({ tenantId, ...there, ids: [...ids] })] as const;
  });
  return new Map(await Promise.all(found));
}

/** A type that is none is refused when its question is answered. */
function kindOf(type: string): PrincipalType | undefined {
  try {
    return readSubjectType(type).kind;
  } catch (error) {
    if (error instanceof GatehouseError) return undefined;
    throw error;
  }
}

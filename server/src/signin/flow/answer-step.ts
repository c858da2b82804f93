import { recordEvent } from '#audit';
import { anonymousPrincipal, type Principal } from '#base';
import type { User } from '#directory';
import type { Store, Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import { signinErrors } from '../errors.ts';
import type { Proof } from '../strength.ts';
import { completeSignIn, type Visitor } from './complete-sign-in.ts';
import { type FlowCommandDeps, ownerOf, readFacts, type SignInOutcome } from './continue-sign-in.ts';
import { endFlow, FLOW_FAILURES_MAX, findFlow, type SignInFlow, saveFlow } from './sign-in-flow.ts';
import { currentStep, type StepFacts, type StepName } from './sign-in-steps.ts';

export interface AnswerDeps extends FlowCommandDeps {
  store: Pick<Store, 'transaction'>;
}

/** What stands in front of somebody in a flow. */
export interface FlowView {
  flow: SignInFlow;
  user: User;
  facts: StepFacts;
  step: StepName | 'done';
}

/** For showing the page of the current step; {@link answerStep} decides. */
export async function viewFlow(
  deps: AnswerDeps,
  { tenantId, token }: { tenantId: string; token: string | undefined },
): Promise<FlowView | undefined> {
  return deps.store.transaction(
    { tenantId },
    async (tx) => {
      const flow = await findFlow(tx, deps, { tenantId, token });
      if (flow === undefined) return undefined;
      const user = await ownerOf(tx, tenantId, flow);
      const facts = await readFacts(tx, user, deps.policies.of(user), flow.state);
      return { flow, user, facts, step: currentStep(facts) };
    },
    { readOnly: true },
  );
}

export interface StepAnswer<Extra> {
  tenantId: string;
  /** The flow's cookie. */
  token: string | undefined;
  /** The step this answers: any other one that the flow stands at refuses it. */
  step: StepName;
  visitor: Visitor;
  rememberDevice?: boolean;
  /**
   * Holds what was typed or signed against what is stored, in the same transaction: what is used up by it stays whole
   * when anything after fails. `undefined`: it was wrong.
   */
  prove(tx: Tx, view: Omit<FlowView, 'step'> & { actor: Principal }): Promise<Proved<Extra> | undefined>;
}

export type Proved<Extra> = { proofs: readonly Proof[]; extra: Extra };

type Answered<Extra> = { outcome: SignInOutcome; extra: Extra } | { refused: 'wrong' | 'over' };

/**
 * Answers the step that the flow stands at. The flow's row is locked, so that of two answers at once the second meets the
 * flow as the first left it, or none.
 * @throws `flow_over`, `step_out_of_turn`, `code_refused`
 */
export async function answerStep<Extra>(
  deps: AnswerDeps,
  answer: StepAnswer<Extra>,
): Promise<{ outcome: SignInOutcome; extra: Extra }> {
  const { tenantId, token } = answer;
  const answered = await deps.store.transaction({ tenantId }, async (tx): Promise<Answered<Extra>> => {
    const flow = await findFlow(tx, deps, { tenantId, token, lock: true });
    if (flow === undefined) throw signinErrors.flow_over();
    const user = await ownerOf(tx, tenantId, flow);
    const policy = deps.policies.of(user);
    const facts = await readFacts(tx, user, policy, flow.state);
    if (currentStep(facts) !== answer.step) throw signinErrors.step_out_of_turn();
    const proved = await answer.prove(tx, { flow, user, facts, actor: flowPrincipal(user, flow.id) });
    if (proved === undefined) return { refused: await countFailure(tx, deps, answer, flow) };
    const state = { ...flow.state, proofs: [...flow.state.proofs, ...proved.proofs] };
    const step = currentStep(await readFacts(tx, user, policy, state));
    if (step !== 'done') {
      await saveFlow(tx, { ...flow, tenantId, state });
      return { outcome: { kind: 'flow', token: token ?? '', step }, extra: proved.extra };
    }
    // Consumed by this one statement: a second answer finds no flow.
    if (!(await endFlow(tx, { tenantId, id: flow.id }))) throw signinErrors.flow_over();
    const { visitor, rememberDevice = false } = answer;
    const completed = await completeSignIn(tx, deps, { user, policy, state, visitor, rememberDevice });
    return { outcome: { kind: 'done', returnTo: state.returnTo, ...completed }, extra: proved.extra };
  });
  if ('outcome' in answered) return answered;
  throw answered.refused === 'over' ? signinErrors.flow_over() : signinErrors.code_refused();
}

async function countFailure<Extra>(
  tx: Tx,
  deps: AnswerDeps,
  { tenantId, step, visitor }: StepAnswer<Extra>,
  flow: SignInFlow,
): Promise<'wrong' | 'over'> {
  const failures = flow.failures + 1;
  const over = failures >= FLOW_FAILURES_MAX;
  if (over) await endFlow(tx, { tenantId, id: flow.id });
  else await saveFlow(tx, { ...flow, tenantId, failures });
  await recordEvent(tx, deps, {
    tenantId,
    type: 'user.sign_in_failed' satisfies SigninAuditEvent,
    actor: anonymousPrincipal(tenantId),
    target: { type: 'user', id: flow.state.userId },
    detail: { step, address: visitor.device.address },
  });
  return over ? 'over' : 'wrong';
}

/** Somebody on the way in: named for the audit log, and with nothing they may do. */
function flowPrincipal(user: User, flowId: string): Principal {
  return {
    type: 'user',
    id: user.id,
    tenantId: user.tenantId,
    roles: [],
    scopes: [],
    credential: { type: 'session', id: flowId },
  };
}

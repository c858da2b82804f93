import { type AttemptsDeps, countAttempts } from '../email-proof/count-attempts.ts';
import {
  consumeEmailCode,
  consumeEmailLink,
  type EmailCodeDeps,
  sendEmailCode,
} from '../email-proof/send-email-code.ts';
import { signinErrors } from '../errors.ts';
import type { Proof } from '../strength.ts';
import { guardAttempt } from '../throttle/guard-attempt.ts';
import type { SignInThrottle } from '../throttle/sign-in-throttle.ts';
import { type AnswerDeps, answerStep, viewFlow } from './answer-step.ts';
import type { Visitor } from './complete-sign-in.ts';
import { ownerOf, readFacts, type SignInOutcome } from './continue-sign-in.ts';
import { findFlow, saveFlow } from './sign-in-flow.ts';
import { currentStep, mayUseEmail } from './sign-in-steps.ts';

interface InFlow {
  tenantId: string;
  /** The flow's cookie: the code and the link are good in the browser that has it and nowhere else. */
  token: string;
  visitor: Visitor;
}

/**
 * Sends a code and a link for the step that the flow stands at. An earlier code of the flow is good no more.
 * @throws `flow_over`, `step_out_of_turn`, `factor_not_allowed`, `mail_throttled`
 */
export async function sendFlowEmail(
  deps: AnswerDeps & EmailCodeDeps & AttemptsDeps,
  { tenantId, token, visitor: { device }, locale }: InFlow & { locale: string },
): Promise<void> {
  const view = await viewFlow(deps, { tenantId, token });
  if (view === undefined) throw signinErrors.flow_over();
  // Before anything is sent, and for the person: a new flow brings no new mails.
  await countAttempts(deps, { tenantId, what: 'sign-in code', name: view.user.id, address: device.address });
  await deps.store.transaction({ tenantId }, async (tx) => {
    const flow = await findFlow(tx, deps, { tenantId, token, lock: true });
    if (flow === undefined) throw signinErrors.flow_over();
    const user = await ownerOf(tx, tenantId, flow);
    const facts = await readFacts(tx, user, deps.policies.of(user), flow.state);
    if (currentStep(facts) !== 'second_factor') throw signinErrors.step_out_of_turn();
    if (!mayUseEmail(facts)) throw signinErrors.factor_not_allowed();
    const asked = { tenantId, userId: user.id, browser: token, device, locale };
    const { challengeId } = await sendEmailCode(tx, deps, asked);
    await saveFlow(tx, { ...flow, tenantId, state: { ...flow.state, emailChallengeId: challengeId } });
  });
}

type EmailAnswerDeps = AnswerDeps & EmailCodeDeps & { throttle: SignInThrottle };

/**
 * The second factor by mail: the code, or the link opened in this very browser. Wrong codes count for the challenge, for
 * the flow, and for the person over all their flows.
 * @throws `flow_over`, `step_out_of_turn`, `code_refused`, `sign_in_throttled`
 */
export async function answerWithEmail(
  deps: EmailAnswerDeps,
  { tenantId, token, visitor, answer }: InFlow & { answer: { code: string } | { link: string } },
): Promise<SignInOutcome> {
  const view = await viewFlow(deps, { tenantId, token });
  if (view === undefined) throw signinErrors.flow_over();
  const attempt = { tenantId, account: `second factor of ${view.user.id}`, address: visitor.device.address };
  return guardAttempt(deps.throttle, attempt, async () => {
    const { outcome } = await answerStep(deps, {
      tenantId,
      token,
      step: 'second_factor',
      visitor,
      async prove(tx, { flow, user, facts }) {
        const { emailChallengeId: challengeId } = flow.state;
        if (challengeId === undefined || !mayUseEmail(facts)) return undefined;
        const which = { tenantId, browser: token };
        const met =
          'code' in answer
            ? await consumeEmailCode(tx, deps, { ...which, challengeId, code: answer.code })
            : await consumeEmailLink(tx, deps, { ...which, token: answer.link });
        if (met?.userId !== user.id) return undefined;
        // A one-time password to RFC 8176 §2.
        const proof: Proof = { method: 'email_code', amr: ['otp'], at: deps.clock.now() };
        return { proofs: [proof], extra: undefined };
      },
    });
    return outcome;
  });
}

import { networkOf } from '#base';
import { signinErrors } from '../errors.ts';
import { findPasswordHash, type Passwords } from '../password-credentials.ts';
import { guardAttempt } from '../throttle/guard-attempt.ts';
import type { SignInThrottle } from '../throttle/sign-in-throttle.ts';
import { type AnswerDeps, answerStep, viewFlow } from './answer-step.ts';
import type { Visitor } from './complete-sign-in.ts';
import type { SignInOutcome } from './continue-sign-in.ts';

export type PasswordAnswerDeps = AnswerDeps & { passwords: Passwords; throttle: SignInThrottle };

/**
 * The first factor of somebody who is known already: they are asked to prove afresh who they are.
 * @throws `flow_over`, `step_out_of_turn`, `code_refused`, `sign_in_throttled`, `password_work_busy`
 */
export async function answerWithPassword(
  deps: PasswordAnswerDeps,
  input: { tenantId: string; token: string | undefined; password: string; visitor: Visitor },
): Promise<SignInOutcome> {
  const { tenantId, token, password, visitor } = input;
  const view = await viewFlow(deps, { tenantId, token });
  if (view === undefined) throw signinErrors.flow_over();
  if (view.step !== 'authenticate') throw signinErrors.step_out_of_turn();
  const attempt = {
    tenantId,
    account: `password of ${view.user.id}`,
    address: visitor.device.address,
    userId: view.user.id,
  };
  const lane = networkOf(visitor.device.address);
  return guardAttempt(deps.throttle, attempt, async () => {
    const which = { tenantId, userId: view.user.id };
    const stored = await deps.store.transaction({ tenantId }, (tx) => findPasswordHash(tx, which), { readOnly: true });
    // Before the transaction, which the work would hold open.
    const checked = stored !== undefined && (await deps.passwords.verifyPassword(stored, password, lane)).ok;
    const { outcome } = await answerStep(deps, {
      tenantId,
      token,
      step: 'authenticate',
      visitor,
      async prove(tx, { facts }) {
        const unchanged = (await findPasswordHash(tx, which)) === stored;
        if (!checked || !unchanged || !facts.policy.factors.has('password')) return undefined;
        return { proofs: [{ method: 'password', amr: ['pwd'], at: deps.clock.now() }], extra: undefined };
      },
    });
    return outcome;
  });
}

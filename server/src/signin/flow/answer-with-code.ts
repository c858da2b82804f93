import { signinErrors } from '../errors.ts';
import { type RecoveryCodeDeps, useRecoveryCode } from '../factors/recovery-codes.ts';
import { type TotpDeps, useTotpCode } from '../factors/totp-credential.ts';
import type { Proof } from '../strength.ts';
import { guardAttempt } from '../throttle/guard-attempt.ts';
import type { SignInThrottle } from '../throttle/sign-in-throttle.ts';
import { type AnswerDeps, answerStep, viewFlow } from './answer-step.ts';
import type { Visitor } from './complete-sign-in.ts';
import type { SignInOutcome } from './continue-sign-in.ts';
import { strongFactors } from './sign-in-steps.ts';

export type CodeDeps = AnswerDeps & TotpDeps & RecoveryCodeDeps & { throttle: SignInThrottle };

export interface CodeAnswer {
  tenantId: string;
  token: string | undefined;
  code: string;
  rememberDevice: boolean;
  visitor: Visitor;
}

/** Longer than any code with all its hyphens. */
const CODE_LENGTH_MAX = 64;
const TOTP_CODE = /^\d{6}$/;

/**
 * The second factor as a code: six digits are the authenticator app's, anything else one for recovery. Wrong ones are
 * counted for the person, over all their flows: whoever has the password must not get to try a million codes.
 * @throws `flow_over`, `step_out_of_turn`, `code_refused`, `sign_in_throttled`
 */
export async function answerWithCode(deps: CodeDeps, input: CodeAnswer): Promise<SignInOutcome> {
  const { tenantId, token, visitor, rememberDevice } = input;
  const view = await viewFlow(deps, { tenantId, token });
  if (view === undefined) throw signinErrors.flow_over();
  const userId = view.user.id;
  const attempt = { tenantId, account: `second factor of ${userId}`, address: visitor.device.address, userId };
  return guardAttempt(deps.throttle, attempt, async () => {
    const code = input.code.replaceAll(/\s/g, '').slice(0, CODE_LENGTH_MAX);
    const { outcome } = await answerStep(deps, {
      tenantId,
      token,
      step: 'second_factor',
      visitor,
      rememberDevice,
      async prove(tx, { user, facts }) {
        const which = { tenantId, userId: user.id, code };
        const strong = strongFactors(facts);
        if (TOTP_CODE.test(code)) {
          if (!strong.includes('totp') || !(await useTotpCode(tx, deps, which))) return undefined;
          return { proofs: [proof('totp', deps.clock.now())], extra: undefined };
        }
        // It stands in for a factor that is lost: who has none to lose has no use for it.
        const allowed = strong.length > 0 && facts.policy.factors.has('recovery_code');
        if (!allowed || !(await useRecoveryCode(tx, deps, which))) return undefined;
        return { proofs: [proof('recovery_code', deps.clock.now())], extra: undefined };
      },
    });
    return outcome;
  });
}

/** Both are one-time passwords to RFC 8176 §2. */
const proof = (method: 'totp' | 'recovery_code', at: number): Proof => ({ method, amr: ['otp'], at });

import { signinErrors } from '../errors.ts';
import { countRecoveryCodes, type RecoveryCodeDeps, replaceRecoveryCodes } from '../factors/recovery-codes.ts';
import { beginTotp, confirmTotp, type TotpDeps } from '../factors/totp-credential.ts';
import { type AnswerDeps, answerStep, viewFlow } from './answer-step.ts';
import type { Visitor } from './complete-sign-in.ts';
import { ownerOf, type SignInOutcome } from './continue-sign-in.ts';

export type EnrolTotpDeps = AnswerDeps & TotpDeps & RecoveryCodeDeps;

interface InFlow {
  tenantId: string;
  token: string | undefined;
}

/**
 * The secret to set an app up with, for somebody whose flow asks for it.
 * @throws `flow_over`, `step_out_of_turn`
 */
export async function beginTotpInFlow(deps: EnrolTotpDeps, { tenantId, token }: InFlow): Promise<Buffer> {
  const view = await viewFlow(deps, { tenantId, token });
  if (view === undefined) throw signinErrors.flow_over();
  if (view.step !== 'enrol' || !view.facts.policy.factors.has('totp')) throw signinErrors.step_out_of_turn();
  return deps.store.transaction({ tenantId }, async (tx) =>
    beginTotp(tx, deps, await ownerOf(tx, tenantId, view.flow)),
  );
}

/**
 * The app's first code: it sets the factor up and is the second factor of this sign-in. Comes with recovery codes for
 * who has none, to be shown this once.
 * @throws `flow_over`, `step_out_of_turn`, `enrolment_over`, `code_refused`
 */
export async function confirmTotpInFlow(
  deps: EnrolTotpDeps,
  input: InFlow & { code: string; visitor: Visitor },
): Promise<{ outcome: SignInOutcome; recoveryCodes: readonly string[] }> {
  const code = input.code.replaceAll(/\s/g, '');
  const { outcome, extra } = await answerStep<readonly string[]>(deps, {
    tenantId: input.tenantId,
    token: input.token,
    step: 'enrol',
    visitor: input.visitor,
    async prove(tx, { user, facts, actor }) {
      if (!facts.policy.factors.has('totp')) throw signinErrors.step_out_of_turn();
      if (!(await confirmTotp(tx, deps, { user, code, device: input.visitor.device, actor }))) return undefined;
      const codes =
        facts.policy.factors.has('recovery_code') && (await countRecoveryCodes(tx, user)) === 0
          ? await replaceRecoveryCodes(tx, deps, { user, actor })
          : [];
      return { proofs: [{ method: 'totp', amr: ['otp'], at: deps.clock.now() }], extra: codes };
    },
  });
  return { outcome, recoveryCodes: extra };
}

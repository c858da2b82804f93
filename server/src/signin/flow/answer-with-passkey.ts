import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { signinErrors } from '../errors.ts';
import { countRecoveryCodes, type RecoveryCodeDeps, replaceRecoveryCodes } from '../factors/recovery-codes.ts';
import { addPasskey, beginPasskey, type PasskeyDeps } from '../passkeys/register-passkey.ts';
import { askForPasskey, provePasskey } from '../passkeys/verify-passkey.ts';
import { type AnswerDeps, answerStep, type FlowView, viewFlow } from './answer-step.ts';
import type { Visitor } from './complete-sign-in.ts';
import type { SignInOutcome } from './continue-sign-in.ts';

export type FlowPasskeyDeps = AnswerDeps & PasskeyDeps & RecoveryCodeDeps;

interface InFlow {
  tenantId: string;
  token: string | undefined;
}

type Answer = InFlow & { text: string; visitor: Visitor };

/** As first factor the authenticator must have verified its user, as second it need not. */
const CEREMONY_OF = { authenticate: 'sign_in', second_factor: 'second_factor' } as const;

async function at(deps: FlowPasskeyDeps, flow: InFlow): Promise<FlowView> {
  const view = await viewFlow(deps, flow);
  if (view === undefined) throw signinErrors.flow_over();
  if (!view.facts.policy.factors.has('passkey')) throw signinErrors.step_out_of_turn();
  return view;
}

const isProof = (step: FlowView['step']): step is keyof typeof CEREMONY_OF => Object.hasOwn(CEREMONY_OF, step);

/** @throws `flow_over`, `step_out_of_turn` */
export async function askForFlowPasskey(
  deps: FlowPasskeyDeps,
  flow: InFlow,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { step, user, flow: found } = await at(deps, flow);
  if (!isProof(step)) throw signinErrors.step_out_of_turn();
  const use = { tenantId: flow.tenantId, ceremony: CEREMONY_OF[step], boundTo: `flow:${found.id}` };
  return deps.store.transaction({ tenantId: flow.tenantId }, (tx) => askForPasskey(tx, deps, { ...use, user }));
}

/**
 * A passkey or security key at whichever step asks for a proof.
 * @throws `flow_over`, `step_out_of_turn`, `code_refused`
 */
export async function answerWithPasskey(
  deps: FlowPasskeyDeps,
  input: Answer & { rememberDevice: boolean },
): Promise<SignInOutcome> {
  const { tenantId, token, text, visitor, rememberDevice } = input;
  const { step } = await at(deps, input);
  if (!isProof(step)) throw signinErrors.step_out_of_turn();
  const { outcome } = await answerStep(deps, {
    tenantId,
    token,
    step,
    visitor,
    rememberDevice,
    async prove(tx, { user, flow }) {
      const use = { tenantId, ceremony: CEREMONY_OF[step], boundTo: `flow:${flow.id}` };
      const proved = await provePasskey(tx, deps, { ...use, userId: user.id, text });
      return proved === undefined ? undefined : { proofs: [proved.proof], extra: undefined };
    },
  });
  return outcome;
}

/** @throws `flow_over`, `step_out_of_turn`, `too_many_passkeys` */
export async function beginFlowPasskey(
  deps: FlowPasskeyDeps,
  flow: InFlow,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { step, user, flow: found } = await at(deps, flow);
  if (step !== 'enrol') throw signinErrors.step_out_of_turn();
  return deps.store.transaction({ tenantId: flow.tenantId }, (tx) =>
    beginPasskey(tx, deps, { user, boundTo: `flow:${found.id}` }),
  );
}

/**
 * Sets a passkey up where a second factor is asked for and none is there: making it is the proof.
 * @throws `flow_over`, `step_out_of_turn`, `code_refused`
 */
export async function enrolFlowPasskey(
  deps: FlowPasskeyDeps,
  { tenantId, token, text, visitor }: Answer,
): Promise<{ outcome: SignInOutcome; recoveryCodes: readonly string[] }> {
  const { outcome, extra } = await answerStep<readonly string[]>(deps, {
    tenantId,
    token,
    step: 'enrol',
    visitor,
    async prove(tx, { user, flow, facts, actor }) {
      if (!facts.policy.factors.has('passkey')) throw signinErrors.step_out_of_turn();
      const added = await addPasskey(tx, deps, {
        user,
        boundTo: `flow:${flow.id}`,
        text,
        device: visitor.device,
        actor,
      });
      if (added === undefined) return undefined;
      const codes =
        facts.policy.factors.has('recovery_code') && (await countRecoveryCodes(tx, user)) === 0
          ? await replaceRecoveryCodes(tx, deps, { user, actor })
          : [];
      return { proofs: [added.proof], extra: codes };
    },
  });
  return { outcome, recoveryCodes: extra };
}

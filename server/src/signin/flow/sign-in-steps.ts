import type { EffectivePolicy } from '../policy/effective-policy.ts';
import type { Factor } from '../policy/sign-in-policy-kind.ts';
import { type Acr, hasBegun, type Proof, reaches, strengthOf, strongest, weaker } from '../strength.ts';

/** What a flow knows so far. Kept in the database: the browser holds nothing but the flow's random name. */
export interface FlowState {
  purpose: 'sign_in' | 'step_up';
  /** Nobody yet, while only a name is asked for. */
  userId: string | undefined;
  proofs: readonly Proof[];
  /** What whoever sent the person here asks for at least. */
  demandedAcr: Acr;
  /** This device stood in for the second factor, by the person's own wish and the policy's leave. */
  deviceRemembered: boolean;
  /** A path of ours. */
  returnTo: string;
  /** The newest mail with a code that was sent for it. */
  emailChallengeId?: string;
}

/** What holds for the person at this moment, read anew at each step: neither policy nor factors are kept in the flow. */
export interface StepFacts {
  state: FlowState;
  policy: Pick<EffectivePolicy, 'factors' | 'secondFactorRequired'>;
  /** What the person has set up. */
  enrolled: ReadonlySet<Factor>;
  /** It is known that mail reaches the person. */
  hasMailbox: boolean;
}

export type StepName = 'identify' | 'authenticate' | 'second_factor' | 'enrol';

interface Step {
  name: StepName;
  isDone(facts: StepFacts): boolean;
}

/**
 * A sign-in, in order. The first step that is not done is the only one that is answered: what is later can't be asked
 * for before, and what is done can't be done again. When all are done the session begins (and consent, if any, is the
 * authorization endpoint's to ask).
 */
export const SIGN_IN_STEPS: readonly Step[] = [
  { name: 'identify', isDone: ({ state }) => state.userId !== undefined },
  { name: 'authenticate', isDone: ({ state }) => hasBegun(state.proofs) },
  // As far as what the person has can lead: nobody enrols a second factor past one that is there already.
  {
    name: 'second_factor',
    isDone: (facts) =>
      reaches(acrOf(facts), weaker(wantedAcr(facts), reachableAcr(facts))) &&
      (!waitsForEmail(facts) || provedByEmail(facts)),
  },
  { name: 'enrol', isDone: (facts) => reaches(acrOf(facts), wantedAcr(facts)) || provedByEmail(facts) },
];

export function currentStep(facts: StepFacts): StepName | 'done' {
  return SIGN_IN_STEPS.find((step) => !step.isDone(facts))?.name ?? 'done';
}

/** Who has a second factor is asked for it, whatever the policy: that is what they set it up for. */
export function wantedAcr({ state, policy, enrolled }: StepFacts): Acr {
  const second = policy.secondFactorRequired || strongFactors({ policy, enrolled }).length > 0;
  return strongest(state.demandedAcr, second && !state.deviceRemembered ? 'aal2' : 'aal1');
}

/** What may follow the first factor, of those the person has. Recovery codes stand in for another, never alone. */
export function strongFactors({ policy, enrolled }: Pick<StepFacts, 'policy' | 'enrolled'>): ('totp' | 'passkey')[] {
  return STRONG.filter((factor) => enrolled.has(factor) && policy.factors.has(factor));
}

const STRONG = ['passkey', 'totp'] as const;
const REACHED_BY = { passkey: 'phr', totp: 'aal2' } as const satisfies Record<(typeof STRONG)[number], Acr>;

function reachableAcr(facts: StepFacts): Acr {
  return strongest(...strongFactors(facts).map((factor) => REACHED_BY[factor]));
}

/** A second factor is wanted, and a code by mail may be it. */
const waitsForEmail = (facts: StepFacts): boolean => !reaches(acrOf(facts), wantedAcr(facts)) && mayUseEmail(facts);

/** To the policy it is a second factor, where it may be one; whoever asks for `aal2` is not content with it. */
function provedByEmail(facts: StepFacts): boolean {
  return mayUseEmail(facts) && facts.state.proofs.some(({ method }) => method === 'email_code');
}

/** A code by mail is for who has nothing better, and never where somebody asks for more than a password. */
export function mayUseEmail({ state, policy, enrolled, hasMailbox }: StepFacts): boolean {
  const better = strongFactors({ policy, enrolled }).length > 0;
  return policy.factors.has('email') && hasMailbox && !better && state.demandedAcr === 'aal1';
}

function acrOf({ state }: StepFacts): Acr {
  return strengthOf(state.proofs)?.acr ?? 'aal1';
}

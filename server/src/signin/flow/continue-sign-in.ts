import { findUser, type User } from '#directory';
import type { Tx } from '#store';
import { findKnownDevices, type KnownDevice } from '../devices/known-devices.ts';
import { signinErrors } from '../errors.ts';
import { enrolledFactors, enrolledFactorsOf } from '../factors/enrolled-factors.ts';
import type { EffectivePolicy, SignInPolicies } from '../policy/effective-policy.ts';
import type { SessionDeps } from '../start-session.ts';
import type { Acr, Proof } from '../strength.ts';
import { type CompletedSignIn, completeSignIns, type DoneSignIn, type Visitor } from './complete-sign-in.ts';
import { beginFlow, type SignInFlow } from './sign-in-flow.ts';
import { currentStep, type FlowState, type StepFacts, type StepName } from './sign-in-steps.ts';

export interface FlowCommandDeps extends SessionDeps {
  policies: Pick<SignInPolicies<User>, 'of'>;
}

/** Where a sign-in stands: done, with a session; or at a step, under the flow's name, which is the browser's cookie. */
export type SignInOutcome =
  | ({ kind: 'done'; returnTo: string } & CompletedSignIn)
  | { kind: 'flow'; token: string; step: StepName };

export interface ProvedSignIn {
  user: User;
  proofs: readonly Proof[];
  returnTo: string;
  visitor: Visitor;
  purpose?: FlowState['purpose'];
  demandedAcr?: Acr;
  /** Where it was read along with something else; looked up unless given. */
  found?: Found;
}

/** What is asked of a person and their browser before it is known where they stand. */
export interface Found {
  device: KnownDevice | undefined;
  enrolled: StepFacts['enrolled'];
}

/** Of several people of one tenant, in their order. */
export async function findStandings(
  tx: Tx,
  deps: SessionDeps,
  { tenantId, which }: { tenantId: string; which: readonly { userId: string; deviceToken: string | undefined }[] },
): Promise<Found[]> {
  const [devices, enrolled] = await Promise.all([
    findKnownDevices(tx, deps, { tenantId, which }),
    enrolledFactorsOf(tx, { tenantId, userIds: which.map(({ userId }) => userId) }),
  ]);
  return which.map(({ userId }, index) => ({ device: devices[index], enrolled: enrolled.get(userId) ?? new Set() }));
}

/**
 * Goes on from what a person has proved: to a session when that is all, else to the next step of a flow. Every way in
 * ends here, so that none is weaker than the policy (ASVS 6.3.4).
 */
export async function continueSignIn(tx: Tx, deps: FlowCommandDeps, input: ProvedSignIn): Promise<SignInOutcome> {
  const [outcome] = await continueSignIns(tx, deps, { tenantId: input.user.tenantId, all: [input] });
  return outcome as SignInOutcome;
}

/** The same for several people of one tenant, in their order. */
export async function continueSignIns(
  tx: Tx,
  deps: FlowCommandDeps,
  { tenantId, all }: { tenantId: string; all: readonly ProvedSignIn[] },
): Promise<SignInOutcome[]> {
  if (all.length === 0) return [];
  const lacking = all.filter(({ found }) => found === undefined);
  const which = lacking.map(({ user, visitor }) => ({ userId: user.id, deviceToken: visitor.deviceToken }));
  const looked = which.length === 0 ? [] : await findStandings(tx, deps, { tenantId, which });
  const foundOf = new Map(lacking.map((proved, index) => [proved, looked[index]]));
  const standing = all.map((proved) => whereItStands(deps, proved, proved.found ?? foundOf.get(proved)));
  const done = standing.filter(({ step }) => step === 'done');
  const completed = await completeSignIns(tx, deps, { tenantId, all: done });
  return Promise.all(
    standing.map(async (each): Promise<SignInOutcome> => {
      const { step, state } = each;
      const session = completed[done.indexOf(each)];
      if (step === 'done' && session !== undefined) return { kind: 'done', returnTo: state.returnTo, ...session };
      return { kind: 'flow', token: await beginFlow(tx, deps, { tenantId, state }), step: step as StepName };
    }),
  );
}

function whereItStands(
  deps: FlowCommandDeps,
  { user, visitor, proofs, returnTo, purpose = 'sign_in', demandedAcr = 'aal1' }: ProvedSignIn,
  { device, enrolled }: Found = { device: undefined, enrolled: new Set() },
): DoneSignIn & { state: { userId: string }; step: StepName | 'done' } {
  const policy = deps.policies.of(user);
  const state = {
    purpose,
    userId: user.id,
    proofs,
    demandedAcr,
    // The policy may have been tightened since.
    deviceRemembered: policy.rememberDeviceMs > 0 && device !== undefined && device.rememberedUntil > deps.clock.now(),
    returnTo,
  };
  const step = currentStep({ state, policy, enrolled, hasMailbox: user.emailVerified });
  return { user, policy, state, visitor, known: device !== undefined, rememberDevice: false, step };
}

export async function readFacts(tx: Tx, user: User, policy: EffectivePolicy, state: FlowState): Promise<StepFacts> {
  return { state, policy, enrolled: await enrolledFactors(tx, user), hasMailbox: user.emailVerified };
}

/**
 * Whose flow it is.
 * @throws `flow_over` for somebody who was disabled or removed since it began, though they may be let in again by now.
 */
export async function ownerOf(tx: Tx, tenantId: string, flow: SignInFlow): Promise<User> {
  const user = await findUser(tx, { tenantId, id: flow.state.userId });
  const standing = user?.status === 'active' && flow.createdAt > user.sessionsNotBefore;
  if (user === undefined || !standing) throw signinErrors.flow_over();
  return user;
}

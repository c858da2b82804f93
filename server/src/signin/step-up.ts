import type { User } from '#directory';
import type { Store, Tx } from '#store';
import { signinErrors } from './errors.ts';
import { enrolledFactors } from './factors/enrolled-factors.ts';
import type { Visitor } from './flow/complete-sign-in.ts';
import { type FlowCommandDeps, readFacts } from './flow/continue-sign-in.ts';
import { beginFlow } from './flow/sign-in-flow.ts';
import { currentStep, strongFactors } from './flow/sign-in-steps.ts';
import { safeReturnTo } from './return-to.ts';
import type { Session } from './session-record.ts';
import { startSession } from './start-session.ts';
import { ACRS, type Acr, isAcr, type Method, type Proof, reaches, strengthOf } from './strength.ts';
import type { SigninTables } from './tables.ts';

/** What somebody asks of a session: RFC 9470 §4, in the words of OpenID Connect Core §3.1.2.1. */
export interface StrengthDemand {
  /** Any of these is enough, and so is what is stronger than one of them. */
  acrValues?: readonly string[] | undefined;
  maxAgeSeconds?: number | undefined;
}

/** Settings, factors and sessions are changed only by who proved within these minutes who they are (ASVS 7.5.1). */
export const SENSITIVE_MAX_AGE_SECONDS = 10 * 60;

/** The weakest that would do; `undefined` when nothing we know would. Nothing asked is met by everything. */
export function demandedAcr({ acrValues = [] }: StrengthDemand): Acr | undefined {
  return acrValues.length === 0 ? 'aal1' : ACRS.find((acr) => acrValues.includes(acr));
}

export function meetsDemand(session: Pick<Session, 'acr' | 'authTime'>, demand: StrengthDemand, now: number): boolean {
  const acr = demandedAcr(demand);
  return acr !== undefined && reaches(session.acr, acr) && !isTooOld(session, demand, now);
}

function isTooOld({ authTime }: Pick<Session, 'authTime'>, { maxAgeSeconds }: StrengthDemand, now: number): boolean {
  return maxAgeSeconds !== undefined && Math.floor(now / 1000) - authTime > maxAgeSeconds;
}

/** The page that asks for what is missing and comes back. It can only ever ask for more than there is. */
export function stepUpUrl({ acrValues, maxAgeSeconds }: StrengthDemand, returnTo: string): string {
  const query = new URLSearchParams({
    ...(acrValues === undefined ? {} : { acr_values: acrValues.join(' ') }),
    ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
    return_to: safeReturnTo(returnTo) ?? '/',
  });
  return `/sign-in/step-up?${query}`;
}

export function readStepUp(query: Readonly<Record<string, unknown>>): StrengthDemand {
  const { acr_values: acrs, max_age: age } = query;
  return {
    acrValues: typeof acrs === 'string' ? acrs.split(' ').filter(isAcr) : undefined,
    maxAgeSeconds: typeof age === 'string' && /^\d{1,9}$/.test(age) ? Number(age) : undefined,
  };
}

export interface StepUpDeps extends FlowCommandDeps {
  store: Pick<Store, 'transaction'>;
}

interface SignedIn {
  user: User;
  session: Session;
}

/**
 * What to ask before something sensitive: that they proved it lately, and by a strong factor, if they have one.
 * @returns `undefined` when there is nothing to ask.
 */
export async function missingForSensitive(
  { store, policies, clock }: Pick<StepUpDeps, 'store' | 'policies' | 'clock'>,
  { user, session }: SignedIn,
): Promise<StrengthDemand | undefined> {
  const enrolled = await store.transaction({ tenantId: user.tenantId }, (tx) => enrolledFactors(tx, user), {
    readOnly: true,
  });
  const strong = strongFactors({ policy: policies.of(user), enrolled }).length > 0;
  const demand = { acrValues: [strong ? 'aal2' : 'aal1'], maxAgeSeconds: SENSITIVE_MAX_AGE_SECONDS };
  return meetsDemand(session, demand, clock.now()) ? undefined : demand;
}

/**
 * Begins a flow that asks a signed-in person for what their session lacks. What they proved lately enough counts; the
 * session that the flow ends in takes the place of theirs, under a new name.
 * @returns the flow's name, or `undefined` when nothing is missing.
 */
export async function beginStepUp(
  deps: StepUpDeps,
  input: SignedIn & { demand: StrengthDemand; returnTo: string },
): Promise<string | undefined> {
  const { user, session, demand, returnTo } = input;
  const { tenantId } = user;
  return deps.store.transaction({ tenantId }, async (tx) => {
    const state = {
      purpose: 'step_up',
      userId: user.id,
      proofs: isTooOld(session, demand, deps.clock.now()) ? [] : proofsOf(session),
      demandedAcr: demandedAcr(demand) ?? 'aal1',
      // Who is asked to prove something now is not let off because of what they proved some weeks ago.
      deviceRemembered: false,
      returnTo,
    } as const;
    const facts = await readFacts(tx, user, deps.policies.of(user), state);
    return currentStep(facts) === 'done' ? undefined : beginFlow(tx, deps, { tenantId, state });
  });
}

/**
 * Something more was proved within a session: it goes on under a new name (ASVS 7.2.4), as strong as all of it together.
 * @returns the new token
 * @throws `session_not_found` when it was ended meanwhile: whoever ended it must not find another in its place.
 */
export async function raiseSession(
  tx: Tx,
  deps: FlowCommandDeps,
  { user, session, proof, visitor }: SignedIn & { proof: Proof; visitor: Visitor },
): Promise<string> {
  const standing = await tx
    .withTables<SigninTables>()
    .selectFrom('sessions')
    .select('id')
    .where('tenant_id', '=', user.tenantId)
    .where('id', '=', session.id)
    .where('ended_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (standing === undefined) throw signinErrors.session_not_found();
  const strength = strengthOf([...proofsOf(session), proof]);
  const { token } = await startSession(tx, deps, {
    user,
    acr: strength?.acr ?? 'aal1',
    amr: strength?.amr ?? session.amr,
    authenticatedAt: session.authTime * 1000,
    lifetimes: deps.policies.of(user),
    device: visitor.device,
    replacedToken: visitor.replacedToken,
  });
  return token;
}

/** How a session began, back as proofs: what its `amr` can only have come from. */
function proofsOf({ acr, amr, authTime }: Session): Proof[] {
  const at = authTime * 1000;
  const code = reaches(acr, 'aal2') ? 'totp' : 'email_code';
  const passkey = amr.includes('user') ? 'passkey' : 'security_key';
  const methods = { pwd: 'password', otp: code, hwk: passkey, swk: passkey } satisfies Record<string, Method>;
  return Object.entries(methods)
    .filter(([name]) => amr.includes(name))
    .map(([name, method]) => ({ method, amr: [name, ...(method === 'passkey' ? ['user'] : [])], at }));
}

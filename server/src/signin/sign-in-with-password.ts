import { recordEvent } from '#audit';
import { anonymousPrincipal, networkOf } from '#base';
import { emailKey, findUser, findUserByEmail, type User } from '#directory';
import type { Store } from '#store';
import type { SigninAuditEvent } from './audit-events.ts';
import { findKnownDevice } from './devices/known-devices.ts';
import { signinErrors } from './errors.ts';
import type { Visitor } from './flow/complete-sign-in.ts';
import { continueSignIn, type FlowCommandDeps, type SignInOutcome } from './flow/continue-sign-in.ts';
import { findPasswordHash, type Passwords, replacePasswordHash } from './password-credentials.ts';
import { LANDING_PATH } from './return-to.ts';
import {
  type AllowedTurn,
  type Counts,
  type Entry,
  type SignInThrottle,
  throttled,
} from './throttle/sign-in-throttle.ts';

export interface SignInDeps extends FlowCommandDeps {
  store: Pick<Store, 'transaction'>;
  passwords: Passwords;
  throttle: SignInThrottle;
}

export interface PasswordSignIn extends Visitor {
  tenantId: string;
  email: string;
  password: string;
  /** A path of ours. */
  returnTo?: string;
}

/** Nobody's id: looked up for an unknown name, so that the database does the same work as for a known one. */
const NOBODY = 'usr_00000000000000000000000000';

/**
 * Unknown, disabled, without a password, mistyped: one answer, after the same work, in alike time (invariant 6). The
 * throttle goes before the password is looked at, and counts names that don't exist too.
 * @throws `sign_in_failed`, `sign_in_throttled`, `password_work_busy`
 */
export async function signInWithPassword(deps: SignInDeps, input: PasswordSignIn): Promise<SignInOutcome> {
  const { tenantId, device, deviceToken } = input;
  const account = emailKey(input.email.trim());
  const entry = deps.throttle.enter({ tenantId, account, address: device.address, deviceToken });
  try {
    const { user, stored, ...known } = await findCandidate(deps, input, entry);
    const turn = await entry.admit({ ...known, userId: user?.id });
    if (!turn.allowed) throw throttled(turn.retryAfterSeconds);
    const lane = networkOf(device.address);
    const verified =
      stored === undefined
        ? await deps.passwords.dummyVerify(input.password, lane)
        : await deps.passwords.verifyPassword(stored, input.password, lane);
    const allowed = user?.status === 'active' && deps.policies.of(user).factors.has('password');
    if (user !== undefined && stored !== undefined && verified.ok && allowed) {
      const rehashed = verified.rehash ? await deps.passwords.hashPassword(input.password, lane) : undefined;
      const outcome = await begin(deps, input, turn, { userId: user.id, stored, rehashed });
      if (outcome !== undefined) return outcome;
    }
    await recordFailure(deps, input, turn, user);
    throw signinErrors.sign_in_failed();
  } finally {
    // After the failure is counted: until then the attempt itself stands for it.
    entry.released();
  }
}

interface Candidate {
  user: User | undefined;
  stored: string | undefined;
  knownDevice: boolean;
  counts: Counts;
}

/** All that is read before the password is looked at, in one transaction: beside argon2id, what a sign-in costs is round trips. */
async function findCandidate(
  deps: SignInDeps,
  { tenantId, email, deviceToken }: PasswordSignIn,
  entry: Entry,
): Promise<Candidate> {
  return deps.store.transaction(
    { tenantId },
    async (tx) => {
      const user = await findUserByEmail(tx, { tenantId, email });
      const userId = user?.id ?? NOBODY;
      const stored = await findPasswordHash(tx, { tenantId, userId });
      const knownDevice = (await findKnownDevice(tx, deps, { tenantId, userId, deviceToken })) !== undefined;
      return { user, stored, knownDevice, counts: await entry.read(tx) };
    },
    { readOnly: true },
  );
}

/** Counts it and writes it down, both or neither. Who was tried is told by id only: what was typed as a name is sometimes a password. */
async function recordFailure(
  deps: SignInDeps,
  { tenantId, device }: PasswordSignIn,
  turn: AllowedTurn,
  user: User | undefined,
): Promise<void> {
  await deps.store.transaction({ tenantId }, async (tx) => {
    await turn.failed(tx);
    await recordEvent(tx, deps, {
      tenantId,
      type: 'user.sign_in_failed' satisfies SigninAuditEvent,
      actor: anonymousPrincipal(tenantId),
      target: { type: 'user', id: user?.id ?? 'unknown' },
      detail: { address: device.address },
    });
  });
}

/**
 * The account is read again: it may have been disabled while the password was being checked. So is the password, and held
 * until the session or the flow is there: a reset at the same moment comes before it, and is refused what it took away, or
 * after it, and ends it.
 */
async function begin(
  deps: SignInDeps,
  input: PasswordSignIn,
  turn: AllowedTurn,
  checked: { userId: string; stored: string; rehashed: string | undefined },
): Promise<SignInOutcome | undefined> {
  const { tenantId, returnTo = LANDING_PATH } = input;
  const { userId, stored, rehashed } = checked;
  return deps.store.transaction({ tenantId }, async (tx) => {
    const user = await findUser(tx, { tenantId, id: userId });
    if (user === undefined || user.status !== 'active') return undefined;
    if ((await findPasswordHash(tx, { tenantId, userId, lock: true })) !== stored) return undefined;
    if (rehashed !== undefined)
      await replacePasswordHash(tx, deps, { tenantId, userId, before: stored, after: rehashed });
    await turn.succeeded(tx);
    const proofs = [{ method: 'password', amr: ['pwd'], at: deps.clock.now() } as const];
    return continueSignIn(tx, deps, { user, proofs, returnTo, visitor: input });
  });
}

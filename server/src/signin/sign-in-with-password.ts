import { recordEvents } from '#audit';
import { anonymousPrincipal, networkOf, together } from '#base';
import { emailKey, findAccountsByEmail, findUsers, type User } from '#directory';
import type { Store } from '#store';
import type { SigninAuditEvent } from './audit-events.ts';
import { findKnownDevices } from './devices/known-devices.ts';
import { signinErrors } from './errors.ts';
import type { Visitor } from './flow/complete-sign-in.ts';
import { continueSignIns, type FlowCommandDeps, findStandings, type SignInOutcome } from './flow/continue-sign-in.ts';
import { findPasswordHashes, type Passwords, replacePasswordHash } from './password-credentials.ts';
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
  /** How those who sign in at the same time wait for each other; where they don't, only what comes at once goes together. */
  wait?(milliseconds: number): Promise<unknown>;
}

export interface PasswordSignIn extends Visitor {
  tenantId: string;
  email: string;
  password: string;
  /** A path of ours. */
  returnTo?: string;
}

export type SignInWithPassword = (input: PasswordSignIn) => Promise<SignInOutcome>;

/** Nobody's id: looked up for an unknown name, so that the database does the same work as for a known one. */
const NOBODY = 'usr_00000000000000000000000000';
/** When so many wait for their password to be looked at, whoever comes now waits for longer than for company. */
const CROWD_MIN = 6;

/**
 * Unknown, disabled, without a password, mistyped: one answer, after the same work, in alike time (invariant 6). The
 * throttle goes before the password is looked at, and counts names that don't exist too.
 *
 * Made once: beside argon2id, what a sign-in costs is round trips and commits, and those who sign in at the same time
 * share them (docs/adr/0040).
 * @throws `sign_in_failed`, `sign_in_throttled`, `password_work_busy`
 */
export function openPasswordSignIn(deps: SignInDeps): SignInWithPassword {
  const { wait } = deps;
  const shared = {
    groupOf: ({ input }: { input: PasswordSignIn }) => input.tenantId,
    crowded: () => wait !== undefined && (deps.passwords.waiting?.() ?? 0) >= CROWD_MIN,
    wait: (milliseconds: number) => wait?.(milliseconds) ?? new Promise((resolve) => setImmediate(resolve)),
  };
  const findCandidate = together<Attempted, Candidate>({ ...shared, run: (all) => findCandidates(deps, all) });
  const recordFailure = together<Failed, void>({ ...shared, run: (all) => recordFailures(deps, all) });
  const begin = together<Proved, SignInOutcome | undefined>({ ...shared, run: (all) => beginAll(deps, all) });

  return async (input) => {
    const { tenantId, device, deviceToken } = input;
    const account = emailKey(input.email.trim());
    const entry = deps.throttle.enter({ tenantId, account, address: device.address, deviceToken });
    try {
      const { user, stored, ...known } = await findCandidate({ input, entry });
      const turn = await entry.admit({ ...known, userId: user?.id });
      if (!turn.allowed) throw throttled(turn.retryAfterSeconds);
      const lane = networkOf(device.address);
      const verified =
        stored === undefined
          ? await deps.passwords.dummyVerify(input.password, lane)
          : await deps.passwords.verifyPassword(stored, input.password, lane);
      if (user?.status === 'active' && stored !== undefined && verified.ok) {
        const rehashed = verified.rehash ? await deps.passwords.hashPassword(input.password, lane) : undefined;
        const outcome = await begin({ input, turn, userId: user.id, stored, rehashed });
        if (outcome !== undefined) return outcome;
      }
      await recordFailure({ input, turn, user });
      throw signinErrors.sign_in_failed();
    } finally {
      // After the failure is counted: until then the attempt itself stands for it.
      entry.released();
    }
  };
}

/** All that share a transaction are of one tenant. */
const tenantOf = ([first]: readonly { input: PasswordSignIn }[]): string => first?.input.tenantId ?? '';

interface Attempted {
  input: PasswordSignIn;
  entry: Entry;
}

type Account = Pick<User, 'id' | 'status'>;

interface Candidate {
  user: Account | undefined;
  stored: string | undefined;
  knownDevice: boolean;
  counts: Counts;
}

/** All that is read before a password is looked at, whoever tries: four statements and two round trips. */
async function findCandidates(deps: SignInDeps, all: readonly Attempted[]): Promise<Candidate[]> {
  const tenantId = tenantOf(all);
  return deps.store.transaction(
    { tenantId },
    async (tx) => {
      const emails = all.map(({ input }) => input.email);
      const entries = all.map(({ entry }) => entry);
      const [byEmail, counts] = await Promise.all([
        findAccountsByEmail(tx, { tenantId, emails }),
        deps.throttle.countsOf(tenantId, entries, tx),
      ]);
      const users = emails.map((email) => byEmail.get(emailKey(email.trim())));
      const ids = users.map((user) => user?.id ?? NOBODY);
      const which = all.map(({ input }, index) => ({ userId: ids[index] ?? NOBODY, deviceToken: input.deviceToken }));
      const [hashes, devices] = await Promise.all([
        findPasswordHashes(tx, { tenantId, userIds: ids }),
        findKnownDevices(tx, deps, { tenantId, which }),
      ]);
      return users.map((user, index) => ({
        user,
        stored: user === undefined ? undefined : hashes.get(user.id),
        knownDevice: devices[index] !== undefined,
        counts,
      }));
    },
    { readOnly: true, byIndex: true },
  );
}

interface Failed {
  input: PasswordSignIn;
  turn: AllowedTurn;
  user: Account | undefined;
}

/** Counts them and writes them down, both or neither. Who was tried is told by id only: what was typed as a name is sometimes a password. */
async function recordFailures(deps: SignInDeps, all: readonly Failed[]): Promise<undefined[]> {
  const tenantId = tenantOf(all);
  await deps.store.transaction({ tenantId }, async (tx) => {
    const turns = all.map(({ turn }) => turn);
    const events = all.map(({ input, user }) => ({
      type: 'user.sign_in_failed' as const satisfies SigninAuditEvent,
      actor: anonymousPrincipal(tenantId),
      target: { type: 'user', id: user?.id ?? 'unknown' },
      detail: { address: input.device.address },
    }));
    await Promise.all([deps.throttle.countFailures(tenantId, turns, tx), recordEvents(tx, deps, { tenantId, events })]);
  });
  return all.map(() => undefined);
}

interface Proved {
  input: PasswordSignIn;
  turn: AllowedTurn;
  userId: string;
  stored: string;
  rehashed: string | undefined;
}

/**
 * The accounts are read, with all that policies ask about: they may have been disabled while the password was being
 * checked. So are the passwords, and held until the sessions or the flows are there: a reset at the same moment comes
 * before it, and is refused what it took away, or after it, and ends it.
 */
async function beginAll(deps: SignInDeps, all: readonly Proved[]): Promise<(SignInOutcome | undefined)[]> {
  const tenantId = tenantOf(all);
  const userIds = [...new Set(all.map(({ userId }) => userId))];
  return deps.store.transaction(
    { tenantId },
    async (tx) => {
      const which = all.map(({ userId, input }) => ({ userId, deviceToken: input.deviceToken }));
      const [hashes, users, found] = await Promise.all([
        findPasswordHashes(tx, { tenantId, userIds, lock: true }),
        findUsers(tx, { tenantId, ids: userIds }),
        findStandings(tx, deps, { tenantId, which }),
      ]);
      const standing = all.flatMap((proved, index) => {
        const user = users.get(proved.userId);
        if (user?.status !== 'active' || hashes.get(user.id) !== proved.stored) return [];
        return deps.policies.of(user).factors.has('password') ? [{ ...proved, user, proved, found: found[index] }] : [];
      });
      const told = standing.map(async ({ turn, stored: before, rehashed: after, userId }) => {
        await turn.succeeded(tx);
        if (after !== undefined) await replacePasswordHash(tx, deps, { tenantId, userId, before, after });
      });
      await Promise.all(told);
      const proofs = [{ method: 'password', amr: ['pwd'], at: deps.clock.now() } as const];
      const outcomes = await continueSignIns(tx, deps, {
        tenantId,
        all: standing.map(({ user, input, found: each }) => {
          const returnTo = input.returnTo ?? LANDING_PATH;
          return { user, proofs, returnTo, visitor: input, ...(each === undefined ? {} : { found: each }) };
        }),
      });
      const outcomeOf = new Map(standing.map(({ proved }, index) => [proved, outcomes[index]]));
      return all.map((proved) => outcomeOf.get(proved));
    },
    { byIndex: true },
  );
}

import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { boundWork } from './bounded-work.ts';
import { keyringErrors } from './errors.ts';

/**
 * argon2id with the second of OWASP's recommended settings (19 MiB, two passes, one lane): 8 ms here. The algorithm is
 * the library's default; naming it would need a const enum, which erasable TypeScript has none of, so a test holds it.
 */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;
const CURRENT_FORM = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`;
/** Enough for any passphrase (NIST SP 800-63B §5.1.1.2 asks for at least 64), too short to be work in itself. */
const PASSWORD_BYTES_MAX = 1024;
/** KiB that a hash of ours writes in all passes: what it costs. */
export const passwordWorkKib = PARAMETERS.memoryCost * PARAMETERS.timeCost;
export const passwordBytesMax = PASSWORD_BYTES_MAX;

/** Threads of libuv (Node's documentation, UV_THREADPOOL_SIZE): one stays free for files and names. */
const WORKER_THREADS = Number(process.env.UV_THREADPOOL_SIZE ?? 4);

/**
 * One queue for the process, since what it guards, processor and memory, belongs to the process: as many at once as there
 * are processors, 19 MiB each. The hashing runs on threads of its own; what is short gets its turn between them, measured
 * in bench/sign-in. Nobody waits behind somebody else's flood: see the lanes of {@link boundWork}.
 */
export const runPasswordWork = boundWork({
  runningMax: Math.max(1, Math.min(availableParallelism(), WORKER_THREADS - 1)),
  waitingMax: 128,
  laneWaitingMax: 64,
  busy: () => keyringErrors.password_work_busy({ details: { retryAfterSeconds: 2 } }),
});

/**
 * The PHC string to store for a new password.
 * @throws `password_too_long`, `password_work_busy`
 */
export async function hashPassword(password: string, lane?: string): Promise<string> {
  const bytes = normalise(password);
  if (bytes.length > PASSWORD_BYTES_MAX) throw keyringErrors.password_too_long();
  return runPasswordWork(() => hash(bytes, PARAMETERS), lane);
}

/**
 * Is this the password that was stored? `rehash` asks the caller to store a new hash of it, since the stored one was made
 * with other parameters than today's. What can't be read as a PHC string of argon2 is nobody's password.
 * @throws `password_work_busy`
 */
export async function verifyPassword(
  stored: string,
  password: string,
  lane?: string,
): Promise<{ ok: boolean; rehash: boolean }> {
  const bytes = normalise(password);
  if (bytes.length > PASSWORD_BYTES_MAX) return { ok: false, rehash: false };
  const ok = await runPasswordWork(() => verify(stored, bytes).catch(() => false), lane);
  return { ok, rehash: ok && !stored.startsWith(CURRENT_FORM) };
}

/** Costs what {@link verifyPassword} costs and says no, so that a user who does not exist answers in alike time. */
export async function dummyVerify(password: string, lane?: string): Promise<{ ok: false; rehash: false }> {
  const bytes = normalise(password);
  if (bytes.length <= PASSWORD_BYTES_MAX) await runPasswordWork(() => hash(bytes, PARAMETERS), lane);
  return { ok: false, rehash: false };
}

/** One password, one spelling: keyboards differ in how they compose `é` (NIST SP 800-63B §5.1.1.2). */
function normalise(password: string): Buffer {
  return Buffer.from(password.normalize('NFKC'));
}

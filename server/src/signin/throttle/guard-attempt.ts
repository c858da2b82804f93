import { GatehouseError } from '#base';
import { type Attempt, type SignInThrottle, throttled } from './sign-in-throttle.ts';

/** What a wrong guess ends with. Any other failure says nothing about whoever tried. */
const WRONG_GUESS = new Set([
  'sign_in_failed',
  'code_refused',
  'passkey_refused',
  'current_password_wrong',
  // The last guess that a flow bears.
  'flow_over',
]);

/**
 * Checks what somebody claims to know or have, slowed down by what was guessed wrong before.
 * @throws `sign_in_throttled`, and what `check` throws
 */
export async function guardAttempt<T>(throttle: SignInThrottle, attempt: Attempt, check: () => Promise<T>): Promise<T> {
  const turn = await throttle.attempt(attempt);
  if (!turn.allowed) throw throttled(turn.retryAfterSeconds);
  try {
    const result = await check();
    await turn.succeeded();
    return result;
  } catch (error) {
    if (error instanceof GatehouseError && WRONG_GUESS.has(error.code)) await turn.failed();
    else turn.released();
    throw error;
  }
}

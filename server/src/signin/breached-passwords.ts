import { createHash } from 'node:crypto';
import type { Logger, SafeFetch } from '#base';
import { signinErrors } from './errors.ts';

/** Is a password among those found in leaks? `undefined` when nobody could say. */
export interface BreachedPasswords {
  isBreached(tenantId: string, password: string): Promise<boolean>;
}

/** By k-anonymity: the service learns so many of forty hex digits, which some hundred leaked passwords share. */
const PREFIX_LENGTH = 5;
const TIMEOUT_MS = 2_000;
const ANSWER_BYTES_MAX = 256 * 1024;

/**
 * Asks the tenant's range service, if it has one. A service that fails lets the password pass: the embedded list has been
 * looked at before, and nobody should be unable to change a password because somebody else's server is down.
 */
export function breachedPasswords(deps: {
  fetch: SafeFetch;
  log: Pick<Logger, 'warn'>;
  /** The policy's `breachedPasswords.rangeUrl`. */
  rangeUrlOf(tenantId: string): string | undefined;
}): BreachedPasswords {
  return {
    async isBreached(tenantId, password) {
      const rangeUrl = deps.rangeUrlOf(tenantId);
      if (rangeUrl === undefined) return false;
      // SHA-1 since that is what such services are sorted by; nothing is protected by it.
      const hash = createHash('sha1').update(password).digest('hex').toUpperCase();
      try {
        const { status, body } = await deps.fetch(`${rangeUrl.replace(/\/$/, '')}/${hash.slice(0, PREFIX_LENGTH)}`, {
          // Answers of alike length, whatever the range.
          headers: { 'add-padding': 'true' },
          timeoutMs: TIMEOUT_MS,
          bodyBytesMax: ANSWER_BYTES_MAX,
        });
        if (status !== 200) throw new TypeError(`the range service answered ${status}`);
        return isListed(body.toString('latin1'), hash.slice(PREFIX_LENGTH));
      } catch (err) {
        deps.log.warn({ err }, 'the breached-password service could not be asked; the password was let through');
        return false;
      }
    },
  };
}

/** A line is `<rest of the hash>:<how often>`; padding has a count of zero. */
function isListed(answer: string, rest: string): boolean {
  return answer.split('\n').some((line) => {
    const [listed = '', count = ''] = line.trim().toUpperCase().split(':');
    return listed === rest && Number(count) > 0;
  });
}

/** @throws `password_refused` */
export async function refuseBreached(
  breached: BreachedPasswords | undefined,
  { tenantId, password }: { tenantId: string; password: string },
): Promise<void> {
  if (breached === undefined || !(await breached.isBreached(tenantId, password))) return;
  const message = 'This password was found in a leak: others know it. Choose one that you use nowhere else.';
  // A `PasswordRule`, by which the pages find their words.
  const details = { rule: 'breached' };
  throw signinErrors.password_refused({ message, fields: [{ path: 'password', message }], details });
}

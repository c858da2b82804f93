import type { Clock } from '#base';
import type { Proof } from '../strength.ts';

/**
 * What a signature proves. RFC 8176 §2: a key in hardware, or one that software keeps and carries to other devices; and
 * whether its user was verified, which makes it two factors in one.
 */
export function passkeyProof(
  { multiDevice, userVerified }: { multiDevice: boolean; userVerified: boolean },
  clock: Clock,
): Proof {
  const amr = multiDevice ? 'swk' : 'hwk';
  return userVerified
    ? { method: 'passkey', amr: [amr, 'user'], at: clock.now() }
    : { method: 'security_key', amr: [amr], at: clock.now() };
}

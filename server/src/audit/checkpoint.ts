import { equalSecrets } from '#base';
import type { Keyring } from '#keyring';

/** "At this time the chain of this tenant ended with this event": what came before can't be taken away unnoticed. */
export interface Checkpoint {
  tenantId: string;
  sequence: number;
  /** The event's hash, in hex. */
  hash: string;
  at: number;
  mac: string;
}

/**
 * Signed with the key ring's HMAC and not with a signing key: whoever verifies is Gatehouse itself, which has the key;
 * the key lies sealed under a master key outside the database, so that who owns the database can't forge one; and it
 * never retires, where the public half of a signing key is gone long before the log is.
 */
export function signCheckpoint(keyring: Pick<Keyring, 'mac'>, checkpoint: Omit<Checkpoint, 'mac'>): Checkpoint {
  return { ...checkpoint, mac: macOf(keyring, checkpoint) };
}

export function isGenuine(keyring: Pick<Keyring, 'mac'>, checkpoint: Checkpoint): boolean {
  return equalSecrets(macOf(keyring, checkpoint), checkpoint.mac);
}

function macOf(keyring: Pick<Keyring, 'mac'>, { tenantId, sequence, hash, at }: Omit<Checkpoint, 'mac'>): string {
  return keyring.mac('audit_checkpoint', JSON.stringify([tenantId, sequence, hash, at])).toString('base64url');
}

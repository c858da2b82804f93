import type { Clock, Random } from '#base';
import { credentialHash, type Keyring } from '#keyring';
import type { Tx } from '#store';
import type { Ceremony, SigninTables } from '../tables.ts';

/** Time to find the key and touch it (WebAuthn Level 3 §13.4.3 recommends some minutes). */
export const CHALLENGE_LIFETIME_MS = 5 * 60_000;

/** 256 bits; WebAuthn Level 3 §13.4.3 asks for 128 at least. */
const CHALLENGE_BYTES = 32;

export interface ChallengeDeps {
  keyring: Pick<Keyring, 'mac'>;
  clock: Clock;
  random: Random;
}

/** What a challenge is good for, and nothing else. */
export interface ChallengeUse {
  tenantId: string;
  ceremony: Ceremony;
  /** Whom it was given to: `form:…`, `flow:…` or `session:…`. */
  boundTo: string;
}

export async function issueChallenge(
  tx: Tx,
  deps: ChallengeDeps,
  { tenantId, ceremony, boundTo }: ChallengeUse,
): Promise<Buffer> {
  const challenge = deps.random.bytes(CHALLENGE_BYTES);
  await tx
    .withTables<SigninTables>()
    .insertInto('webauthn_challenges')
    .values({
      tenant_id: tenantId,
      challenge_hash: credentialHash(deps.keyring, challenge.toString('base64url')),
      ceremony,
      bound_to: credentialHash(deps.keyring, boundTo),
      expires_at: deps.clock.now() + CHALLENGE_LIFETIME_MS,
    })
    .execute();
  return challenge;
}

/** Uses a challenge up. Of any number of answers to it one hears yes. */
export async function takeChallenge(
  tx: Tx,
  deps: Omit<ChallengeDeps, 'random'>,
  { tenantId, ceremony, boundTo, challenge }: ChallengeUse & { challenge: string },
): Promise<boolean> {
  const taken = await tx
    .withTables<SigninTables>()
    .deleteFrom('webauthn_challenges')
    .where('tenant_id', '=', tenantId)
    .where('challenge_hash', '=', credentialHash(deps.keyring, challenge))
    .where('ceremony', '=', ceremony)
    .where('bound_to', '=', credentialHash(deps.keyring, boundTo))
    .where('expires_at', '>', deps.clock.now())
    .returning('challenge_hash')
    .executeTakeFirst();
  return taken !== undefined;
}

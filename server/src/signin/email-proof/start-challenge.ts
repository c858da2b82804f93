import { type IdSource, newId } from '#base';
import { credentialHash, type Keyring, mintCredential } from '#keyring';
import type { Tx } from '#store';
import { CHALLENGE_PURPOSES, type ChallengePurpose } from './challenge-purposes.ts';
import { addressPlace, type EmailProofTables } from './email-proof-tables.ts';

export interface ChallengeDeps extends IdSource {
  keyring: Pick<Keyring, 'mac' | 'seal' | 'open'>;
}

export interface NewChallenge {
  tenantId: string;
  purpose: ChallengePurpose;
  /** Absent where there is nobody: the challenge is made all the same, and can't be met. */
  userId?: string | undefined;
  /** The address that is being proved, where it is not that of the account. */
  address?: string;
  /** A secret of the browser that asks. Without one there is no code, since anybody could try codes. */
  browser?: string | undefined;
}

export interface StartedChallenge {
  id: string;
  /** For the link; the only time it is known. */
  token: string;
  code: string;
  expiresAt: number;
}

/** Makes what a mail will carry. The database holds keyed hashes: neither link nor code can be read or tried from it. */
export async function startChallenge(tx: Tx, deps: ChallengeDeps, input: NewChallenge): Promise<StartedChallenge> {
  const { tenantId, purpose, userId, address, browser } = input;
  const id = newId('challenge', deps);
  const token = mintCredential('one_time_link', deps.random);
  const code = codeOf(deps, token);
  const now = deps.clock.now();
  const expiresAt = now + CHALLENGE_PURPOSES[purpose].lifetimeMs;
  await tx
    .withTables<EmailProofTables>()
    .insertInto('email_challenges')
    .values({
      tenant_id: tenantId,
      id,
      purpose,
      user_id: userId ?? null,
      address_sealed: address === undefined ? null : deps.keyring.seal(address, addressPlace(id)),
      token_hash: credentialHash(deps.keyring, token),
      code_hash: browser === undefined ? null : codeHash(deps, id, code),
      browser_hash: browser === undefined ? null : browserHash(deps, browser),
      attempts: 0,
      created_at: now,
      expires_at: expiresAt,
      consumed_at: null,
    })
    .execute();
  return { id, token, code, expiresAt };
}

/**
 * Six digits that belong to a link: who has the link can be shown its code without the code being kept anywhere. What 64
 * bits leave over when divided by a million tells nothing.
 */
export function codeOf({ keyring }: Pick<ChallengeDeps, 'keyring'>, token: string): string {
  const digits = keyring.mac('email code', token).readBigUInt64BE() % 1_000_000n;
  return digits.toString().padStart(6, '0');
}

/** With the challenge's id, so that equal codes have unequal hashes. */
export const codeHash = ({ keyring }: Pick<ChallengeDeps, 'keyring'>, id: string, code: string): string =>
  credentialHash(keyring, `${id} ${code}`);

export const browserHash = ({ keyring }: Pick<ChallengeDeps, 'keyring'>, browser: string): string =>
  credentialHash(keyring, `browser ${browser}`);

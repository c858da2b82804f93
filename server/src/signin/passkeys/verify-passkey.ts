import type { AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { Selectable } from 'kysely';
import { recordEvent } from '#audit';
import { anonymousPrincipal } from '#base';
import type { User } from '#directory';
import type { Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import type { Proof } from '../strength.ts';
import type { PasskeysTable, SigninTables } from '../tables.ts';
import { CHALLENGE_LIFETIME_MS, type ChallengeUse, issueChallenge, takeChallenge } from './challenges.ts';
import { passkeyProof } from './passkey-proof.ts';
import { describeCredentials, findPasskey, passkeysOf } from './passkey-record.ts';
import type { PasskeyDeps } from './register-passkey.ts';
import { type Assertion, assertionSchema, readResponse } from './response-schema.ts';
import { webauthnLibrary } from './webauthn-library.ts';

/** What the browser is asked to sign. Without a person any passkey of ours will do: who it is, the answer says. */
export async function askForPasskey(
  tx: Tx,
  deps: PasskeyDeps,
  { user, ...use }: ChallengeUse & { user?: User },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await webauthnLibrary();
  return generateAuthenticationOptions({
    rpID: deps.relyingParty.id,
    challenge: new Uint8Array(await issueChallenge(tx, deps, use)),
    timeout: CHALLENGE_LIFETIME_MS,
    userVerification: use.ceremony === 'sign_in' ? 'required' : 'preferred',
    ...(user === undefined ? {} : { allowCredentials: describeCredentials(await passkeysOf(tx, user)) }),
  });
}

export interface ProvedPasskey {
  userId: string;
  proof: Proof;
}

/**
 * Holds a signature against the passkey it says it is of, and uses its challenge up. As first factor the authenticator
 * must have verified its user. @returns `undefined` for anything but a good one: nothing says why.
 */
export async function provePasskey(
  tx: Tx,
  deps: PasskeyDeps,
  { text, userId, ...use }: ChallengeUse & { text: string; userId?: string },
): Promise<ProvedPasskey | undefined> {
  const read = readResponse(assertionSchema, text);
  if (read === undefined) return undefined;
  const { response, challenge } = read;
  if (!(await takeChallenge(tx, deps, { ...use, challenge }))) return undefined;
  const row = await findPasskey(tx, { tenantId: use.tenantId, credentialId: response.id });
  if (row === undefined || !isOf(row, response, userId)) return undefined;
  const info = await verify(deps, row, response, challenge, use.ceremony === 'sign_in');
  if (info === undefined) return undefined;
  if (!(await moveCounter(tx, deps, row, info.newCounter, info.credentialBackedUp))) return undefined;
  const { userVerified } = info;
  return { userId: row.user_id, proof: passkeyProof({ multiDevice: row.multi_device, userVerified }, deps.clock) };
}

/** WebAuthn Level 3 §7.2, step 6: the passkey is of the person who is known, and of the one it names itself. */
function isOf(row: Selectable<PasskeysTable>, { response }: Assertion, userId: string | undefined): boolean {
  const handle = response.userHandle ?? undefined;
  const named = handle === undefined ? undefined : Buffer.from(handle, 'base64url').toString();
  return (userId === undefined || userId === row.user_id) && (named === undefined || named === row.user_id);
}

async function verify(
  { relyingParty }: PasskeyDeps,
  row: Selectable<PasskeysTable>,
  response: Assertion,
  challenge: string,
  requireUserVerification: boolean,
) {
  const { verifyAuthenticationResponse } = await webauthnLibrary();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { clientExtensionResults: {}, ...response } as unknown as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: relyingParty.origin,
      expectedRPID: relyingParty.id,
      requireUserVerification,
      credential: {
        id: row.credential_id,
        publicKey: new Uint8Array(Buffer.from(row.public_key, 'base64url')),
        // The counter is looked at below, where going back is told to somebody.
        counter: 0,
      },
    });
    return verified ? authenticationInfo : undefined;
  } catch {
    return undefined;
  }
}

/**
 * WebAuthn Level 3 §6.1.1: a counter that does not go up, where there is one, says that the key was copied. One statement,
 * so that two answers with one counter are not both taken.
 */
async function moveCounter(
  tx: Tx,
  deps: PasskeyDeps,
  row: Selectable<PasskeysTable>,
  counter: number,
  backedUp: boolean,
): Promise<boolean> {
  const moved = await tx
    .withTables<SigninTables>()
    .updateTable('passkeys')
    .set({ counter, backed_up: backedUp, last_used_at: deps.clock.now() })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .where((where) =>
      where.or([where('counter', '<', counter), where.and([where('counter', '=', 0), where.val(counter === 0)])]),
    )
    .returning('id')
    .executeTakeFirst();
  if (moved !== undefined) return true;
  await recordEvent(tx, deps, {
    tenantId: row.tenant_id,
    type: 'user.passkey_copied' satisfies SigninAuditEvent,
    actor: anonymousPrincipal(row.tenant_id),
    target: { type: 'user', id: row.user_id },
    detail: { passkeyId: row.id, name: row.name, counterBefore: row.counter, counter },
  });
  return false;
}

import type { PublicKeyCredentialCreationOptionsJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { recordEvent } from '#audit';
import { type IdSource, newId, type Principal } from '#base';
import type { User } from '#directory';
import type { Keyring } from '#keyring';
import type { Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import { signinErrors } from '../errors.ts';
import { type MayTell, tellIfPossible } from '../recovery/notices.ts';
import type { Device } from '../start-session.ts';
import type { Proof } from '../strength.ts';
import type { SigninTables } from '../tables.ts';
import { authenticatorName } from './authenticator-names.ts';
import { CHALLENGE_LIFETIME_MS, issueChallenge, takeChallenge } from './challenges.ts';
import { passkeyProof } from './passkey-proof.ts';
import { describeCredentials, PASSKEYS_PER_USER_MAX, type Passkey, passkeysOf, toPasskey } from './passkey-record.ts';
import type { RelyingParty } from './relying-party.ts';
import { type Attestation, attestationSchema, knownTransports, readResponse } from './response-schema.ts';
import { webauthnLibrary } from './webauthn-library.ts';

export interface PasskeyDeps extends IdSource, MayTell {
  keyring: Pick<Keyring, 'mac'>;
  relyingParty: RelyingParty;
}

/** EdDSA, ES256, RS256 (COSE, RFC 9053): what authenticators make. No others are taken. */
export const ALGORITHMS = [-8, -7, -257];

interface Asked {
  user: User;
  /** Whom the challenge is for: `flow:…` or `session:…`. */
  boundTo: string;
}

/** What the browser is asked to make a passkey with. */
export async function beginPasskey(
  tx: Tx,
  deps: PasskeyDeps,
  { user, boundTo }: Asked,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { tenantId } = user;
  const existing = await passkeysOf(tx, user);
  if (existing.length >= PASSKEYS_PER_USER_MAX) throw signinErrors.too_many_passkeys();
  const { generateRegistrationOptions } = await webauthnLibrary();
  return generateRegistrationOptions({
    rpID: deps.relyingParty.id,
    rpName: deps.relyingParty.name,
    userID: new Uint8Array(Buffer.from(user.id)),
    userName: user.email,
    userDisplayName: user.name,
    challenge: new Uint8Array(await issueChallenge(tx, deps, { tenantId, ceremony: 'register', boundTo })),
    timeout: CHALLENGE_LIFETIME_MS,
    // Who made the authenticator is nothing we decide by, so nobody is asked to give it away.
    attestationType: 'none',
    excludeCredentials: describeCredentials(existing),
    // "preferred": a plain security key, which keeps nothing and asks for no PIN, is still a good second factor.
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

export interface AddedPasskey {
  passkey: Passkey;
  /** That it was made shows that they have it. */
  proof: Proof;
}

/** Holds what the browser made against what it was asked for. @returns `undefined` when it is not that. */
export async function addPasskey(
  tx: Tx,
  deps: PasskeyDeps,
  { user, boundTo, text, device, actor }: Asked & { text: string; device: Device; actor: Principal },
): Promise<AddedPasskey | undefined> {
  const { tenantId } = user;
  const read = readResponse(attestationSchema, text);
  if (read === undefined) return undefined;
  const { response, challenge } = read;
  if (!(await takeChallenge(tx, deps, { tenantId, ceremony: 'register', boundTo, challenge }))) return undefined;
  const made = await verify(deps.relyingParty, response, challenge);
  if (made === undefined) return undefined;
  const { credential, aaguid, credentialBackedUp, credentialDeviceType, userVerified } = made;
  const row = await tx
    .withTables<SigninTables>()
    .insertInto('passkeys')
    .values({
      tenant_id: tenantId,
      id: newId('passkey', deps),
      user_id: user.id,
      credential_id: credential.id,
      public_key: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: knownTransports(response.response.transports),
      aaguid,
      backed_up: credentialBackedUp,
      multi_device: credentialDeviceType === 'multiDevice',
      name: authenticatorName(aaguid),
      created_at: deps.clock.now(),
      last_used_at: null,
    })
    // WebAuthn Level 3 §7.1, step 26: an id that is known already is refused, whosever it is.
    .onConflict((conflict) => conflict.columns(['tenant_id', 'credential_id']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const happening = { device, factor: authenticatorName(aaguid) };
  await tellIfPossible(tx, deps, { user, notice: 'factor_added', happening });
  await recordEvent(tx, deps, {
    tenantId,
    type: 'user.factor_added' satisfies SigninAuditEvent,
    actor,
    target: { type: 'user', id: user.id },
    detail: { factor: 'passkey', passkeyId: row.id, authenticator: authenticatorName(aaguid) },
  });
  return { passkey: toPasskey(row), proof: passkeyProof({ multiDevice: row.multi_device, userVerified }, deps.clock) };
}

async function verify(relyingParty: RelyingParty, response: Attestation, challenge: string) {
  const { verifyRegistrationResponse } = await webauthnLibrary();
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response: { clientExtensionResults: {}, ...response } as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: relyingParty.origin,
      expectedRPID: relyingParty.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    return registrationInfo;
  } catch {
    // Whatever is wrong with it, it is not an answer to what we asked.
    return undefined;
  }
}

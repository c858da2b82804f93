import { equalSecrets } from '#base';
import type { Keyring } from '#keyring';
import { type Params, param } from '../protocol/read-params.ts';

/**
 * When a request demands a fresh sign-in, the path back from the sign-in page carries since when: without it the demand
 * would stand again on return, for ever. It is bound to all other parameters by a MAC, and so to the request's own
 * code_challenge: nobody can reuse an older one, and who strips it is merely asked to sign in again.
 */
export const SIGN_IN_PROOF = 'signed_in_after';

/** Long enough for a password reset on the way. */
const PROOF_LIFETIME_MILLISECONDS = 30 * 60_000;

type MacKey = Pick<Keyring, 'mac'>;

export function signInProof(keyring: MacKey, params: Params, now: number): string {
  return `${now}.${macOf(keyring, params, now)}`;
}

/** The moment (milliseconds) after which the person must have signed in, when the request proves one. */
export function provenMoment(keyring: MacKey, params: Params, now: number): number | undefined {
  const match = /^([0-9]{1,15})\.([A-Za-z0-9_-]{43})$/.exec(param(params, SIGN_IN_PROOF) ?? '');
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const moment = Number(match[1]);
  if (moment > now || now - moment > PROOF_LIFETIME_MILLISECONDS) return undefined;
  return equalSecrets(macOf(keyring, params, moment), match[2]) ? moment : undefined;
}

/** Over the decoded parameters and not the text: a browser may spell the same query in another way. */
function macOf(keyring: MacKey, params: Params, moment: number): string {
  const others = params.filter(([name]) => name !== SIGN_IN_PROOF);
  return keyring.mac('sign-in proof', JSON.stringify([moment, others])).toString('base64url');
}

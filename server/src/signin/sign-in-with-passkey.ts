import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { recordEvent } from '#audit';
import { anonymousPrincipal } from '#base';
import { findUser } from '#directory';
import type { Store } from '#store';
import type { SigninAuditEvent } from './audit-events.ts';
import { signinErrors } from './errors.ts';
import type { Visitor } from './flow/complete-sign-in.ts';
import { continueSignIn, type FlowCommandDeps, type SignInOutcome } from './flow/continue-sign-in.ts';
import type { PasskeyDeps } from './passkeys/register-passkey.ts';
import { askForPasskey, provePasskey } from './passkeys/verify-passkey.ts';
import { guardAttempt } from './throttle/guard-attempt.ts';
import type { SignInThrottle } from './throttle/sign-in-throttle.ts';

export type PasskeySignInDeps = FlowCommandDeps &
  PasskeyDeps & { store: Pick<Store, 'transaction'>; throttle: SignInThrottle };

interface InBrowser {
  tenantId: string;
  /** The form's cookie: the answer counts only where the question was asked. */
  formCookie: string;
}

const use = ({ tenantId, formCookie }: InBrowser) =>
  ({ tenantId, ceremony: 'sign_in', boundTo: `form:${formCookie}` }) as const;

export function askForSignInPasskey(
  deps: PasskeySignInDeps,
  browser: InBrowser,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return deps.store.transaction({ tenantId: browser.tenantId }, (tx) => askForPasskey(tx, deps, use(browser)));
}

/**
 * A passkey instead of name and password: it says who it is of, and its authenticator has verified them.
 * @throws `passkey_refused`, `sign_in_throttled`
 */
export async function signInWithPasskey(
  deps: PasskeySignInDeps,
  input: InBrowser & { text: string; returnTo: string; visitor: Visitor },
): Promise<SignInOutcome> {
  const { tenantId, text, returnTo, visitor } = input;
  // A signature can't be guessed: no count over all networks, which would slow everybody's passkeys at once.
  const attempt = { tenantId, account: 'passkey', address: visitor.device.address, knownDevice: true };
  return guardAttempt(deps.throttle, attempt, async () => {
    // A refusal is an answer, not a throw: that the challenge is used up, and what was noticed, is kept.
    const outcome = await deps.store.transaction({ tenantId }, async (tx) => {
      const proved = await provePasskey(tx, deps, { ...use(input), text });
      const user = proved === undefined ? undefined : await findUser(tx, { tenantId, id: proved.userId });
      if (proved !== undefined && user?.status === 'active' && deps.policies.of(user).factors.has('passkey')) {
        return continueSignIn(tx, deps, { user, proofs: [proved.proof], returnTo, visitor });
      }
      await recordEvent(tx, deps, {
        tenantId,
        type: 'user.sign_in_failed' satisfies SigninAuditEvent,
        actor: anonymousPrincipal(tenantId),
        target: { type: 'user', id: user?.id ?? 'unknown' },
        detail: { step: 'passkey', address: visitor.device.address },
      });
      return undefined;
    });
    if (outcome === undefined) throw signinErrors.passkey_refused();
    return outcome;
  });
}

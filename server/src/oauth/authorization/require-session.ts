import { oauthErrors } from '../errors.ts';
import type { BrowserSession } from '../ports.ts';
import { established } from '../protocol/endpoint.ts';
import type { AuthorizationContext } from './context.ts';
import { provenMoment, SIGN_IN_PROOF, signInProof } from './sign-in-proof.ts';

export const AUTHORIZE_PATH = '/oauth/authorize';
/** What the sign-in page takes back as a path. */
const RETURN_TO_LENGTH_MAX = 4096;

/** OpenID Connect Core §3.1.2.3: somebody is signed in, and freshly enough for `prompt` and `max_age`. */
export async function requireSession(context: AuthorizationContext): Promise<undefined> {
  const { deps, request } = context;
  const prompt = established(context, 'prompt');
  const session = await deps.signin.currentSession(request);
  if (session !== undefined && isFresh(context, session)) {
    context.session = session;
    return;
  }
  if (prompt.has('none')) throw oauthErrors.login_required();
  context.outcome = { kind: 'sign_in', returnTo: pathBack(context) };
}

function isFresh({ deps, request, prompt, maxAgeSeconds }: AuthorizationContext, session: BrowserSession): boolean {
  const now = deps.clock.now();
  const forced = prompt?.has('login') === true || prompt?.has('select_account') === true;
  const tooOld = maxAgeSeconds !== undefined && Math.floor(now / 1000) - session.authTime > maxAgeSeconds;
  if (!forced && !tooOld) return true;
  const since = provenMoment(deps.keyring, request.params, now);
  return since !== undefined && session.authTime >= Math.floor(since / 1000);
}

function pathBack({ deps, request }: AuthorizationContext): string {
  const query = new URLSearchParams();
  for (const [name, value] of request.params) if (name !== SIGN_IN_PROOF) query.append(name, value);
  query.append(SIGN_IN_PROOF, signInProof(deps.keyring, request.params, deps.clock.now()));
  const path = `${AUTHORIZE_PATH}?${query}`;
  if (path.length > RETURN_TO_LENGTH_MAX) {
    throw oauthErrors.form_too_large({ message: 'The authorization request is too long. Send a shorter state.' });
  }
  return path;
}

import { ENDPOINTS } from '../endpoints/paths.ts';
import { oauthErrors } from '../errors.ts';
import type { BrowserSession } from '../ports.ts';
import { established } from '../protocol/endpoint.ts';
import { type Params, param } from '../protocol/read-params.ts';
import { knownAcr, reachesOne } from './acr-ranks.ts';
import type { AuthorizationContext } from './context.ts';
import { CREATE_PROMPT } from './read-prompt.ts';
import { provenMoment, SIGN_IN_PROOF, signInProof } from './sign-in-proof.ts';

/** Stands in the way back, under the proof's MAC, once the person was asked to prove more. */
const ASKED_FOR_MORE = 'asked_for_more';
const OURS = new Set([SIGN_IN_PROOF, ASKED_FOR_MORE]);

/** What the sign-in page takes back as a path. */
const RETURN_TO_LENGTH_MAX = 4096;

/**
 * OpenID Connect Core §3.1.2.3, RFC 9470 §5: somebody is signed in, the one who is meant, freshly and strongly enough
 * for what the client asks.
 */
export async function requireSession(context: AuthorizationContext): Promise<undefined> {
  const { deps, request } = context;
  const prompt = established(context, 'prompt');
  const acting = await deps.signin.actingSession?.(request);
  const session = acting ?? (await deps.signin.currentSession(request));
  const acrValues = demandedAcr(context);
  // The person is not there to prove anything, and whoever acts for them can't do it in their place.
  const askNobody = prompt.has('none') || acting !== undefined;
  if (session !== undefined && isMeant(context, session) && isFresh(context, session)) {
    const strong = acrValues === undefined || reachesOne(deps.signin, session.acr, acrValues);
    if (strong) {
      context.session = session;
      return;
    }
    // Asked for and not given, or never to be had: asking again would go on for ever.
    const asked = provenSince(context) !== undefined && param(context.sent.params, ASKED_FOR_MORE) !== undefined;
    if (asked || askNobody) throw oauthErrors.acr_unmet();
    const returnTo = pathBack(context, [[ASKED_FOR_MORE, '1']]);
    context.outcome = { kind: 'sign_in', returnTo, uiLocales: uiLocalesOf(context), acrValues };
    return;
  }
  if (askNobody) throw oauthErrors.login_required();
  // Whoever comes back has an account now, or was told that there is one: from then on it is a sign-in.
  const register = prompt.has(CREATE_PROMPT) && param(context.sent.params, SIGN_IN_PROOF) === undefined;
  context.outcome = { kind: 'sign_in', returnTo: pathBack(context), uiLocales: uiLocalesOf(context), register };
}

/** `acr_values` that we know; of an essential claim all, since what we don't know can't be met (§5.5.1.1). */
const demandedAcr = ({ deps, request, claims }: AuthorizationContext) =>
  claims?.acr ?? knownAcr(deps.signin, param(request.params, 'acr_values'));

/** Another person than the client means must not answer in their place; after the sign-in page, that is final. */
function isMeant(context: AuthorizationContext, { userId, authTime }: BrowserSession): boolean {
  if (context.subject === undefined || context.subject === userId) return true;
  const since = provenSince(context);
  if (since !== undefined && authTime >= Math.floor(since / 1000)) throw oauthErrors.login_required();
  return false;
}

function isFresh(context: AuthorizationContext, session: BrowserSession): boolean {
  const { deps, prompt, maxAgeSeconds } = context;
  const now = deps.clock.now();
  const forced = ['login', 'select_account', CREATE_PROMPT].some((word) => prompt?.has(word) === true);
  const tooOld = maxAgeSeconds !== undefined && Math.floor(now / 1000) - session.authTime > maxAgeSeconds;
  if (!forced && !tooOld) return true;
  const since = provenSince(context);
  return since !== undefined && session.authTime >= Math.floor(since / 1000);
}

const provenSince = ({ deps, sent }: AuthorizationContext) => provenMoment(deps.keyring, sent.params, deps.clock.now());

const uiLocalesOf = ({ request }: AuthorizationContext) => param(request.params, 'ui_locales')?.slice(0, 200);

/** As it was sent, and not as it was resolved: what was pushed stays out of the address. */
function pathBack({ deps, sent }: AuthorizationContext, more: Params = []): string {
  const params = [...sent.params.filter(([name]) => !OURS.has(name)), ...more];
  const query = new URLSearchParams(params.map(([name, value]) => [name, value]));
  query.append(SIGN_IN_PROOF, signInProof(deps.keyring, params, deps.clock.now()));
  const path = `${ENDPOINTS.authorize}?${query}`;
  if (path.length > RETURN_TO_LENGTH_MAX) {
    throw oauthErrors.form_too_large({
      message: 'The authorization request is too long. Send a shorter state, or push the request (RFC 9126).',
    });
  }
  return path;
}

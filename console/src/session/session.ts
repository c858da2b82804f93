import { issuer } from './page-facts.ts';
import { challengeOf, randomText } from './pkce.ts';

/** As the program has them in every tenant (server/src/oauth/clients/own-applications.ts). */
const CLIENT_ID = 'gatehouse_console';
const ADMIN_API = `${issuer}/api/v1`;
const CALLBACK_PATH = '/console/signed-in';
const SCOPE = 'openid profile email *';
const UNDERWAY = 'gatehouse.sign-in';
/** Renewed before it ends, so that no request has to be made twice. */
const RENEWED_AHEAD_MILLISECONDS = 30_000;

/** What a sign-in is to end with: an address of the console, and what the person was about to do there. */
export interface SignInWish {
  returnTo: string;
  /** Seconds: the sign-in must not be older (RFC 9470 §4). */
  maxAge?: number;
  acr?: string;
}

interface Underway extends SignInWish {
  verifier: string;
  state: string;
}

interface Tokens {
  accessToken: string;
  refreshToken: string | undefined;
  idToken: string | undefined;
  expiresAt: number;
}

/** The sign-in was refused or went wrong; nothing is tried again by itself, so that nobody is sent in circles. */
export class SignInFailed extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** In memory alone: a script that got in could use them while it runs, and takes nothing home that lasts. */
let tokens: Tokens | undefined;
let renewal: Promise<Tokens> | undefined;

/** Leaves the page for the issuer's, with code and PKCE (RFC 6749 §4.1, RFC 7636). */
export async function startSignIn(wish: SignInWish): Promise<never> {
  const underway: Underway = { ...wish, verifier: randomText(), state: randomText(16) };
  sessionStorage.setItem(UNDERWAY, JSON.stringify(underway));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: CLIENT_ID,
    redirect_uri: `${issuer}${CALLBACK_PATH}`,
    scope: SCOPE,
    resource: ADMIN_API,
    state: underway.state,
    code_challenge: await challengeOf(underway.verifier),
    code_challenge_method: 'S256',
    ui_locales: document.documentElement.lang,
    ...(wish.maxAge === undefined ? {} : { max_age: String(wish.maxAge) }),
    ...(wish.acr === undefined ? {} : { acr_values: wish.acr }),
  });
  location.assign(`${issuer}/oauth/authorize?${query}`);
  return new Promise<never>(() => undefined);
}

/** At the callback: takes the code, and answers where to go on. Elsewhere undefined. */
export async function finishSignIn(): Promise<string | undefined> {
  if (location.pathname !== CALLBACK_PATH) return undefined;
  const answer = new URLSearchParams(location.search);
  const text = sessionStorage.getItem(UNDERWAY);
  sessionStorage.removeItem(UNDERWAY);
  const underway: Underway | undefined = text === null ? undefined : JSON.parse(text);
  const error = answer.get('error');
  if (error !== null) throw new SignInFailed(error, answer.get('error_description') ?? error);
  // A reload, or an address from elsewhere: nothing was begun here.
  if (underway === undefined) return '/';
  // RFC 9207 §2.4 besides the state: the answer is ours, and from who was asked.
  if (answer.get('state') !== underway.state || answer.get('iss') !== issuer) {
    throw new SignInFailed('state_mismatch', 'This answer does not belong to a sign-in that was begun here.');
  }
  tokens = await requestTokens({
    grant_type: 'authorization_code',
    code: answer.get('code') ?? '',
    code_verifier: underway.verifier,
    redirect_uri: `${issuer}${CALLBACK_PATH}`,
  });
  return underway.returnTo;
}

export const isSignedIn = (): boolean => tokens !== undefined;

/** A token that is good now; renews it when it is about to end. undefined: the person has to sign in. */
export async function accessToken(): Promise<string | undefined> {
  if (tokens === undefined) return undefined;
  if (tokens.expiresAt - RENEWED_AHEAD_MILLISECONDS > Date.now()) return tokens.accessToken;
  if (tokens.refreshToken === undefined) return undefined;
  renewal ??= requestTokens({ grant_type: 'refresh_token', refresh_token: tokens.refreshToken }).finally(() => {
    renewal = undefined;
  });
  try {
    tokens = await renewal;
    return tokens.accessToken;
  } catch (error) {
    if (!(error instanceof SignInFailed)) throw error;
    tokens = undefined;
    return undefined;
  }
}

export function forgetTokens(): void {
  tokens = undefined;
}

/** Ends the session at the issuer (OpenID Connect RP-Initiated Logout §2). */
export function signOut(): void {
  const query = new URLSearchParams({ client_id: CLIENT_ID, post_logout_redirect_uri: `${issuer}/console` });
  if (tokens?.idToken !== undefined) query.set('id_token_hint', tokens.idToken);
  location.assign(`${issuer}/oauth/logout?${query}`);
}

async function requestTokens(fields: Record<string, string>): Promise<Tokens> {
  const response = await fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...fields, client_id: CLIENT_ID, resource: ADMIN_API }),
  });
  const body = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new SignInFailed(String(body.error), String(body.error_description ?? body.error));
  return {
    accessToken: String(body.access_token),
    refreshToken: typeof body.refresh_token === 'string' ? body.refresh_token : undefined,
    idToken: typeof body.id_token === 'string' ? body.id_token : undefined,
    expiresAt: Date.now() + Number(body.expires_in) * 1000,
  };
}

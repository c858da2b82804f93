import { AuthError } from './auth-error.ts';
import { authorizedFetch } from './authorized-fetch.ts';
import { createProver } from './dpop.ts';
import { randomText, sha256 } from './encoding.ts';
import { type Metadata, readMetadata } from './metadata.ts';
import type { AuthState, BrowserClientOptions, SignInOptions, StepUp } from './options.ts';
import { type PendingSignIn, pendingStore } from './pending-sign-in.ts';
import { answerIn, readAnswer } from './read-answer.ts';
import { openSession } from './session.ts';
import { askTokenEndpoint } from './token-endpoint.ts';

export interface BrowserClient {
  readonly state: AuthState;
  /** Called after each change of `state`; returns what ends it. */
  subscribe(listener: () => void): () => void;
  /**
   * Call it once the page has loaded: takes up the answer of the issuer, joins the other tabs, or asks the issuer silently.
   * Resolves when it is known who is signed in; does not while the page is on its way to the issuer.
   */
  start(): Promise<AuthState>;
  /** Leads to the issuer; the page is left. */
  signIn(options?: SignInOptions): Promise<never>;
  /** In all tabs, and at the issuer where it has an address for it (OpenID Connect RP-Initiated Logout); then the page is left. */
  signOut(): Promise<void>;
  /** One that is good for some time yet. `fresh`: not the one that was just refused. @throws AuthError */
  getAccessToken(wanted?: { fresh?: boolean }): Promise<string>;
  /** `fetch` with the access token, to addresses of this origin and of `apis`. */
  readonly fetch: typeof fetch;
}

/** After a sign-in that an API demanded, the same demand again is none that another sign-in would meet. */
const STEP_UP_MILLISECONDS = 60_000;
const LEFT = new Promise<never>(() => undefined);

/**
 * Signs people in, in a single-page application: authorization code with PKCE (RFC 6749, RFC 7636, RFC 9700), at any standard
 * issuer.
 *
 * @example
 * ```ts
 * import { createBrowserClient } from '@gatehouse/sdk/browser';
 *
 * const auth = createBrowserClient({
 *   issuer: 'https://id.example.com',
 *   clientId: 'board',
 *   redirectUri: `${location.origin}/callback`,
 *   scope: 'openid profile offline_access',
 *   apis: ['https://api.example.com'],
 * });
 * if ((await auth.start()).status === 'signed_out') await auth.signIn();
 * const tasks = await (await auth.fetch('https://api.example.com/tasks')).json();
 * ```
 */
export function createBrowserClient(options: BrowserClientOptions): BrowserClient {
  const { issuer, clientId, redirectUri, scope = 'openid profile', resource, dpop = false, silent = true } = options;
  const name = `gatehouse ${issuer} ${clientId}`;
  // Tabs with other settings, as those of an older version of the page, hold tokens that are of no use here.
  const kind = JSON.stringify([dpop, scope, resource]);
  const prover = dpop ? createProver(name) : undefined;
  const pendingSignIn = pendingStore(name);
  let known: Promise<Metadata> | undefined;
  let started: Promise<AuthState> | undefined;
  let met: { demand: string; at: number } | undefined;

  const metadata = () => {
    known ??= readMetadata(issuer).catch((error: unknown) => {
      // Next time it may be reachable.
      known = undefined;
      throw error;
    });
    return known;
  };
  /** Metadata may be in the browser's cache; a page that leaves for an issuer it can't reach ends nowhere. */
  const reachable = async () => {
    if (!navigator.onLine) throw new AuthError('network_error');
    return metadata();
  };
  const askForTokens = async (fields: Record<string, string>) =>
    askTokenEndpoint(await metadata(), { client_id: clientId, resource, ...fields }, prover);
  const session = openSession({
    name,
    kind,
    issuer,
    clientId,
    dpop,
    redeem: (refreshToken) => askForTokens({ grant_type: 'refresh_token', refresh_token: refreshToken }),
  });

  async function begin(): Promise<AuthState> {
    try {
      const answer = answerIn(location.href, redirectUri);
      if (answer !== undefined) await takeUp(answer, pendingSignIn.take());
      // Without OpenID Connect an issuer need not know `prompt=none`, and would ask the person.
      else if (silent && scope.split(' ').includes('openid')) await askSilently();
      else if (!(await session.join())) session.close();
    } catch (error) {
      session.close(error as Error);
    }
    return session.state;
  }

  async function askSilently(): Promise<void> {
    const isHere = [issuer, redirectUri].every((address) => new URL(address).origin === location.origin);
    // While the other tabs are heard; a code that is not wanted then ends by itself.
    const asked = isHere ? askInPlace().catch(() => undefined) : undefined;
    if (await session.join()) return;
    const found = await asked;
    if (found === undefined) return leave({}, true);
    await redeem(found.answer, found.pending);
  }

  /** An issuer of this very origin answers where it can be read: its redirect is followed, and the page stays. */
  async function askInPlace(): Promise<{ answer: URLSearchParams; pending: PendingSignIn } | undefined> {
    const { address, pending } = await request({}, true);
    const { url, body } = await fetch(address, { cache: 'no-store' });
    void body?.cancel();
    const answer = answerIn(url, redirectUri);
    return answer && { answer, pending };
  }

  async function takeUp(answer: URLSearchParams, pending: PendingSignIn | undefined): Promise<void> {
    // First of all the code leaves the address, and with it the history, the referrer and the screen.
    history.replaceState(history.state, '', new URL(redirectUri).pathname);
    await redeem(answer, pending);
    if (pending !== undefined) goBack(pending.returnTo);
  }

  async function redeem(answer: URLSearchParams, pending: PendingSignIn | undefined): Promise<void> {
    const code = readAnswer(answer, pending, await metadata());
    if (pending === undefined) return;
    if (code === undefined) return session.close();
    const { verifier, nonce, demand } = pending;
    const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
    session.open(await askForTokens(grant), nonce);
    if (demand !== undefined) met = { demand, at: Date.now() };
  }

  function goBack(path: string): void {
    if (options.onReturn !== undefined) options.onReturn(path);
    else {
      history.replaceState(history.state, '', path);
      // What routers listen for.
      dispatchEvent(new PopStateEvent('popstate', { state: history.state }));
    }
  }

  async function request(
    wanted: SignInOptions,
    isSilent: boolean,
  ): Promise<{ address: string; pending: PendingSignIn }> {
    const back = new URL(wanted.returnTo ?? location.href, location.href);
    if (back.origin !== location.origin) throw new AuthError('return_to_foreign');
    const { authorization_endpoint: endpoint } = await metadata();
    const pending: PendingSignIn = {
      state: randomText(),
      nonce: randomText(),
      verifier: randomText(),
      // `//elsewhere.example` is a path here, and another site wherever it is taken for an address.
      returnTo: back.pathname.replace(/^\/+/, '/') + back.search + back.hash,
      silent: isSilent,
      ...(isStepUp(wanted) && { demand: demandOf(wanted) }),
    };
    const params = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: wanted.scope ?? scope,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await sha256(pending.verifier),
      code_challenge_method: 'S256',
      // RFC 9449 §10: a code that is stolen is of no use without the key.
      dpop_jkt: await prover?.thumbprint(),
      prompt: isSilent ? 'none' : wanted.prompt,
      acr_values: wanted.acrValues,
      max_age: wanted.maxAgeSeconds?.toString(),
      login_hint: wanted.loginHint,
      ui_locales: wanted.uiLocales,
      resource,
    };
    return { address: withParams(endpoint, params), pending };
  }

  async function leave(wanted: SignInOptions, isSilent = false): Promise<never> {
    const { address, pending } = await request(wanted, isSilent);
    pendingSignIn.keep(pending);
    // A page that nobody asked for must not stand in the way of going back.
    if (isSilent) location.replace(address);
    else location.assign(address);
    return LEFT;
  }

  async function stepUp(demand: StepUp): Promise<never> {
    const again = met?.demand === demandOf(demand) && Date.now() - met.at < STEP_UP_MILLISECONDS;
    if (again || options.onStepUp !== undefined) {
      if (!again) options.onStepUp?.(demand);
      throw new AuthError('step_up_required');
    }
    return leave(demand);
  }

  async function signOut(): Promise<void> {
    const { refreshToken: token, idToken } = session.tokens ?? {};
    session.closeEverywhere();
    const { revocation_endpoint: revocation, end_session_endpoint: end } = await reachable().catch(
      (error: AuthError) => {
        // Signed out here all the same; that the issuer was not told stands in the state.
        session.close(error);
        throw error;
      },
    );
    if (token !== undefined && revocation !== undefined) {
      const body = new URLSearchParams({ token, token_type_hint: 'refresh_token', client_id: clientId });
      // Best effort: it ends with the session, or by itself.
      await fetch(revocation, { method: 'POST', body, credentials: 'omit' }).catch(() => undefined);
    }
    if (end === undefined) return session.close();
    const { postLogoutRedirectUri } = options;
    location.assign(
      withParams(end, {
        id_token_hint: idToken,
        client_id: clientId,
        post_logout_redirect_uri: postLogoutRedirectUri,
      }),
    );
    return LEFT;
  }

  const start = () => {
    started ??= begin();
    return started;
  };
  const send = authorizedFetch({ session, prover, apis: options.apis ?? [], stepUp });
  return {
    get state() {
      return session.state;
    },
    subscribe: session.subscribe,
    start,
    signIn: (wanted = {}) => leave(wanted),
    signOut,
    async getAccessToken(wanted) {
      await start();
      return (await session.usable(wanted)).accessToken;
    },
    async fetch(input, init) {
      await start();
      return send(input, init);
    },
  };
}

const isStepUp = ({ acrValues, maxAgeSeconds }: StepUp) => acrValues !== undefined || maxAgeSeconds !== undefined;
const demandOf = ({ acrValues, maxAgeSeconds }: StepUp) => `${acrValues} ${maxAgeSeconds}`;

function withParams(
  endpoint: string,
  params: Readonly<Record<string, string | readonly string[] | undefined>>,
): string {
  // The endpoint may have a query of its own (RFC 6749 §3.1).
  const url = new URL(endpoint);
  for (const [key, value] of Object.entries(params)) {
    for (const one of [value ?? []].flat()) url.searchParams.append(key, one);
  }
  return url.href;
}

import { AuthError, createBrowserClient } from '@gatehouse/sdk/browser';
import { issuer } from './page-facts.ts';

/** Where the router begins. */
export const BASE = '/console';

/** What the Admin API asked for when it refused a sign-in as too old or too weak (RFC 9470 §3). */
let demanded: { acrValues?: string; maxAgeSeconds?: number } = {};

/**
 * Signs in as any application does. The client is there in every tenant (server/src/oauth/clients/own-applications.ts); the
 * scope `*` narrows nothing, so the person may do here what their roles allow.
 */
export const auth = createBrowserClient({
  issuer,
  clientId: 'gatehouse_console',
  redirectUri: `${issuer}${BASE}/signed-in`,
  postLogoutRedirectUri: `${issuer}${BASE}`,
  resource: `${issuer}/api/v1`,
  scope: 'openid profile email *',
  onStepUp: (demand) => {
    demanded = demand;
  },
});

/** Where the person is, and comes back to. */
export const here = (): string => location.pathname + location.search + location.hash;

export const signIn = (returnTo = here()): Promise<never> =>
  auth.signIn({ returnTo, uiLocales: document.documentElement.lang });

/** Leads through a sign-in as it was demanded last. */
export const proveAgain = (): Promise<never> => auth.signIn({ ...demanded, returnTo: here() });

export const wantsProof = (error: unknown): boolean => error instanceof AuthError && error.code === 'step_up_required';

/** `fetch` with the person's token. Whoever is signed out meanwhile signs in and comes back to this page. */
export const authorizedFetch: typeof fetch = async (input, init) => {
  try {
    const response = await auth.fetch(input, init);
    // The session ended elsewhere: the token is worth nothing, whatever it says of its own end.
    return response.status === 401 ? await signIn() : response;
  } catch (error) {
    const kept = ['step_up_required', 'network_error', 'server_error'];
    if (error instanceof AuthError && !kept.includes(error.code)) return signIn();
    throw error;
  }
};

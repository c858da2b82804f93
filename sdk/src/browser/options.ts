export interface BrowserClientOptions {
  /** As the issuer writes itself in its metadata, for example `https://id.example.com`. */
  issuer: string;
  clientId: string;
  /** A page of this application, registered for the client. Read by `start()` when somebody comes back to it. */
  redirectUri: string;
  /** `openid profile` unless said. `offline_access` brings a refresh token, where the issuer wants to be asked. */
  scope?: string;
  /** The API the access token is for (RFC 8707). */
  resource?: string | readonly string[];
  /** Where people land after signing out; registered for the client. */
  postLogoutRedirectUri?: string;
  /**
   * Binds tokens to a key that never leaves this browser (RFC 9449). Only where every API that is called takes tokens of
   * type DPoP.
   */
  dpop?: boolean;
  /**
   * Whether `start()` asks the issuer by a redirect (`prompt=none`) who is signed in there. On by default: tokens are held
   * in memory alone, so this is how somebody stays signed in over a reload. The page is not left for it where it is of the
   * issuer's own origin.
   */
  silent?: boolean;
  /** Addresses that `fetch` may send the token to, by their beginning; this page's own origin is among them. */
  apis?: readonly string[];
  /**
   * What to do when an API asks for a fresher or stronger sign-in (RFC 9470). Left out: the person is sent to the issuer at
   * once and comes back to this page.
   */
  onStepUp?: (demand: StepUp) => void;
  /** Brings the person back to where they were, once signed in. Left out: `history.replaceState` and a `popstate`. */
  onReturn?: (path: string) => void;
}

/** What an API demands of a sign-in. Goes into `signIn()` as it is. */
export interface StepUp {
  acrValues?: string;
  maxAgeSeconds?: number;
}

export interface SignInOptions extends StepUp {
  /** Where to go back to in this application; where the person is now, unless said. */
  returnTo?: string;
  prompt?: 'login' | 'consent' | 'select_account' | 'create';
  loginHint?: string;
  /** In place of the client's. */
  scope?: string;
  uiLocales?: string;
}

/** What the ID token says of a person (OpenID Connect Core §2). */
export interface User {
  readonly sub: string;
  readonly name?: string;
  readonly email?: string;
  readonly [claim: string]: unknown;
}

export type AuthState =
  | { readonly status: 'loading' }
  /** `user` is absent where the scope `openid` was not asked for. */
  | { readonly status: 'signed_in'; readonly user: User | undefined }
  /**
   * `elsewhere`: another tab has just signed out, and may still be on its way to the issuer to end the session there. A
   * sign-in that begins now could overtake it; begin it when somebody looks at this tab.
   */
  | { readonly status: 'signed_out'; readonly error?: Error; readonly elsewhere?: true };

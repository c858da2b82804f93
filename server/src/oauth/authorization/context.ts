import type { AuthorizationDetail } from '../clients/authorization-details.ts';
import type { Targets } from '../clients/choose-targets.ts';
import type { Client } from '../clients/client-directory.ts';
import type { BrowserRequest, BrowserSession, ConsentPrompt } from '../ports.ts';
import type { OAuthProblem } from '../protocol/error-response.ts';
import type { ClaimsRequest } from './claims-request.ts';
import type { AuthorizeDeps } from './deps.ts';
import type { ResponseMode } from './response-modes.ts';

/** What the endpoint wants to happen. `http/` shows or redirects; it decides nothing. */
export type AuthorizationOutcome =
  /** To the client, with a code or an error. Always 303: a 307 would carry the form along (RFC 9700 §4.12). */
  | { kind: 'redirect'; location: string }
  /** The same as a form that a page of ours posts there (OAuth 2.0 Form Post Response Mode §2). */
  | { kind: 'form_post'; action: string; fields: Readonly<Record<string, string>> }
  /** To the sign-in page, which comes back to this path. */
  | SignInOutcome
  | { kind: 'consent'; prompt: ConsentPrompt }
  /** A page for the person: the request can't be answered to anyone else. */
  | { kind: 'problem'; problem: OAuthProblem };

export interface SignInOutcome {
  kind: 'sign_in';
  returnTo: string;
  /** Languages that the client asks for, best first (OpenID Connect Core §3.1.2.1). */
  uiLocales?: string | undefined;
  /** Someone is signed in, but not strongly enough: one of these would do (RFC 9470 §4). */
  acrValues?: readonly string[] | undefined;
  /** Not to sign in, but to make an account first. */
  register?: boolean;
}

/** Filled by the checks in order: each may rely on what those before it established. */
export interface AuthorizationContext {
  deps: AuthorizeDeps;
  /** The request as it is to be judged: what was pushed or signed takes the place of what the browser sent. */
  request: BrowserRequest;
  /** As the browser sent it. */
  sent: BrowserRequest;
  /** The client sends it ahead of the browser (RFC 9126). */
  isPushing?: boolean;
  client?: Client;
  pushed?: { hash: string };
  redirectUri?: string;
  state?: string | undefined;
  responseMode?: ResponseMode;
  codeChallenge?: string;
  dpopJkt?: string | undefined;
  prompt?: ReadonlySet<string>;
  maxAgeSeconds?: number | undefined;
  claims?: ClaimsRequest | undefined;
  /** Who must have signed in, when the client says so. */
  subject?: string | undefined;
  details?: readonly AuthorizationDetail[];
  targets?: Targets;
  session?: BrowserSession;
  /** Set by the check that ends the request. */
  outcome?: AuthorizationOutcome;
}

/** A request that passed every check: what a code is issued for, and what waits for consent. */
export interface AcceptedRequest {
  clientId: string;
  clientResourceId: string;
  redirectUri: string;
  responseMode: ResponseMode;
  state?: string;
  nonce?: string;
  codeChallenge: string;
  scopes: readonly string[];
  /** Names of the APIs, with spaces between them. */
  api?: string;
  details?: readonly AuthorizationDetail[];
  claims?: ClaimsRequest;
  dpopJkt?: string;
  /** Hash of the pushed request it came as. */
  pushed?: string;
}

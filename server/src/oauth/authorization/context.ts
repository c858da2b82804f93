import type { Target } from '../clients/choose-target.ts';
import type { Client } from '../clients/client-directory.ts';
import type { BrowserRequest, BrowserSession, ConsentPrompt } from '../ports.ts';
import type { OAuthProblem } from '../protocol/error-response.ts';
import type { AuthorizeDeps } from './deps.ts';

/** What the endpoint wants to happen. `http/` shows or redirects; it decides nothing. */
export type AuthorizationOutcome =
  /** To the client, with a code or an error. Always 303: a 307 would carry the form along (RFC 9700 §4.12). */
  | { kind: 'redirect'; location: string }
  /** To the sign-in page, which comes back to this path. */
  | { kind: 'sign_in'; returnTo: string }
  | { kind: 'consent'; prompt: ConsentPrompt }
  /** A page for the person: the request can't be answered to anyone else. */
  | { kind: 'problem'; problem: OAuthProblem };

/** Filled by the checks in order: each may rely on what those before it established. */
export interface AuthorizationContext {
  deps: AuthorizeDeps;
  request: BrowserRequest;
  client?: Client;
  redirectUri?: string;
  state?: string | undefined;
  codeChallenge?: string;
  prompt?: ReadonlySet<string>;
  maxAgeSeconds?: number | undefined;
  target?: Target;
  session?: BrowserSession;
  /** Set by the check that ends the request. */
  outcome?: AuthorizationOutcome;
}

/** A request that passed every check: what a code is issued for, and what waits for consent. */
export interface AcceptedRequest {
  clientId: string;
  clientResourceId: string;
  redirectUri: string;
  state?: string;
  nonce?: string;
  codeChallenge: string;
  scopes: readonly string[];
  api?: string;
}

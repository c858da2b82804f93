const MESSAGES = {
  metadata_invalid: 'The issuer’s metadata is not what it should be. Is `issuer` exactly what the issuer calls itself?',
  state_mismatch: 'This answer belongs to no sign-in that was begun in this tab. Start again.',
  issuer_mismatch: 'This answer comes from another issuer than the one that was asked (RFC 9207).',
  id_token_invalid: 'The ID token is not about this sign-in. Start again; is the clock of this machine right?',
  network_error: 'The issuer can’t be reached. Tokens are kept; try again.',
  server_error: 'The issuer failed to answer. Tokens are kept; try again.',
  signed_out: 'Nobody is signed in. Call signIn().',
  step_up_required: 'The API asks for a fresher or stronger sign-in. Pass what it asks for to signIn().',
  api_not_listed: 'The token is sent to this origin and to addresses in `apis` alone. Add the API there.',
  dpop_unsupported: 'The issuer does not bind tokens to a key. Leave `dpop` out.',
  return_to_foreign: '`returnTo` must be a page of this application.',
} as const;

export type AuthErrorCode = keyof typeof MESSAGES | (string & {});

/**
 * `code` is one of this library's, or the issuer's own (`access_denied`, `invalid_grant`: RFC 6749 §4.1.2.1 and §5.2).
 *
 * @example
 * ```ts
 * import { AuthError, type BrowserClient } from '@gatehouse/sdk/browser';
 *
 * export async function load(auth: BrowserClient): Promise<unknown> {
 *   try {
 *     return await (await auth.fetch('/api/tasks')).json();
 *   } catch (error) {
 *     if (error instanceof AuthError && error.code === 'network_error') return undefined;
 *     throw error;
 *   }
 * }
 * ```
 */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly code: AuthErrorCode;

  constructor(code: AuthErrorCode, message?: string, cause?: unknown) {
    super(message ?? (MESSAGES as Readonly<Record<string, string>>)[code] ?? code, { cause });
    this.code = code;
  }
}

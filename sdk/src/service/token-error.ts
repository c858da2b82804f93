/** The issuer gave no token. `error` is its own word (RFC 6749 §5.2), or `unreachable`. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly error: string;

  constructor(error: string, description: string, options?: ErrorOptions) {
    super(`${error}: ${description}`, options);
    this.error = error;
  }
}

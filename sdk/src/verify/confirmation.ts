import type { Claims } from './auth.ts';
import { AuthError } from './auth-error.ts';

/** What the caller proved to hold. */
export interface ShownKeys {
  /** Thumbprint of the key of a DPoP proof; undefined when the token came as a bearer token. */
  jkt: string | undefined;
  /** Thumbprint of the connection's certificate. Asked only of tokens that are bound to one. */
  certificate(): Promise<string | undefined>;
}

/**
 * `cnf` (RFC 7800 §3.1) against what was shown. A token that is bound to a key is no bearer token (RFC 9449 §7.1); one that
 * is bound to nothing does not become better by a proof; one that is bound to something unknown can not be checked, so it
 * is refused. @throws {@link AuthError}
 */
export async function demandConfirmation({ cnf }: Claims, shown: ShownKeys): Promise<void> {
  if (cnf === undefined) {
    if (shown.jkt !== undefined) throw new AuthError('wrong_sender');
    return;
  }
  const [[name, thumbprint] = [], ...others] = typeof cnf === 'object' && cnf !== null ? Object.entries(cnf) : [];
  if (others.length > 0 || typeof thumbprint !== 'string' || thumbprint === '') throw new AuthError('wrong_sender');
  const held = name === 'jkt' ? shown.jkt : name === 'x5t#S256' ? await certificateAlone(shown) : undefined;
  if (held !== thumbprint) throw new AuthError('wrong_sender');
}

/** Under the DPoP scheme a token that is bound to a certificate is shown for what it is not. */
const certificateAlone = async (shown: ShownKeys) => (shown.jkt === undefined ? shown.certificate() : undefined);

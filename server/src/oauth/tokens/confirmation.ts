/** What a token is bound to (`cnf`, RFC 7800 §3.1): a DPoP key (RFC 9449 §6.1) or a client certificate (RFC 8705 §3.1). */
export interface Confirmation {
  jkt?: string | undefined;
  'x5t#S256'?: string | undefined;
}

/** SHA-256 in base64url, which both kinds of thumbprint are. */
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

export const isThumbprint = (text: unknown): text is string => typeof text === 'string' && THUMBPRINT.test(text);

/** As it stands in a token; undefined when it is no confirmation that we know how to check. */
export function readConfirmation(value: unknown): Confirmation | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const [[name, thumbprint] = [], ...others] = Object.entries(value);
  if (others.length > 0 || !isThumbprint(thumbprint)) return undefined;
  if (name === 'jkt') return { jkt: thumbprint };
  return name === 'x5t#S256' ? { 'x5t#S256': thumbprint } : undefined;
}

/**
 * May who shows `shown` use a token bound to `bound`? A bound token needs its key, and a token that is bound to nothing
 * does not become better by a proof: shown under the DPoP scheme it is refused (RFC 9449 §7.1). A certificate takes part
 * in every request of its connection and proves nothing about a bearer token.
 */
export function isHeldBy(bound: Confirmation | undefined, shown: Confirmation | undefined): boolean {
  if (bound?.['x5t#S256'] !== undefined) {
    return shown?.['x5t#S256'] === bound['x5t#S256'] && shown.jkt === undefined;
  }
  return bound?.jkt === shown?.jkt;
}

/** RFC 9449 §5, RFC 6750 §6.1.1: what the client is told about how to present it. */
export const tokenTypeOf = (confirmation: Confirmation | undefined): 'DPoP' | 'Bearer' =>
  confirmation?.jkt === undefined ? 'Bearer' : 'DPoP';

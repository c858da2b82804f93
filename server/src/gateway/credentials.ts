import { LIMITS } from '#base';
import type { RawHeaders, RequestHead } from './exchange.ts';
import { knownOf, type OneCredential } from './known-headers.ts';

/** What the request carries to say who calls. Nothing is verified yet. Query strings are never looked at (RFC 6750 §5.3). */
export type PresentedCredential =
  | { readonly found: 'none' }
  | OneCredential
  /** An Authorization scheme the gateway does not read, such as Basic. */
  | { readonly found: 'other' }
  | { readonly found: 'malformed' }
  /** More than one: RFC 6750 §2 forbids it, and two identities in one request are a trap for whoever reads it later. */
  | { readonly found: 'several' };

const NONE: PresentedCredential = { found: 'none' };
const OTHER: PresentedCredential = { found: 'other' };
const MALFORMED: PresentedCredential = { found: 'malformed' };
const SEVERAL: PresentedCredential = { found: 'several' };

export function presentedCredential(
  headers: RawHeaders,
  isForeignKey = neverForeign,
  tenantId = '',
): PresentedCredential {
  let authorization: string | undefined;
  let apiKey: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index];
    if (name === 'authorization') {
      if (authorization !== undefined || apiKey !== undefined) return SEVERAL;
      authorization = headers[index + 1] ?? '';
    } else if (name === 'x-api-key') {
      if (authorization !== undefined || apiKey !== undefined) return SEVERAL;
      apiKey = headers[index + 1] ?? '';
    }
  }
  if (apiKey !== undefined)
    return isCredentialText(apiKey) ? { found: 'one', type: 'api_key', text: apiKey, scheme: 'x-api-key' } : MALFORMED;
  return authorization === undefined ? NONE : fromAuthorization(authorization, isForeignKey, tenantId);
}

/** {@link presentedCredential} of a request. In lines that are repeated a token is found once, and stays the same text. */
export function credentialOf(
  head: Pick<RequestHead, 'headers' | 'known'>,
  isForeignKey = neverForeign,
  tenantId = '',
): PresentedCredential {
  const known = knownOf(head);
  const before = known?.credential;
  // Keys of other systems come and go meanwhile, and make of the same text another thing.
  if (
    before !== undefined &&
    (before.scheme === 'x-api-key' || typeOf(before.text, isForeignKey, tenantId) === before.type)
  )
    return before;
  const presented = presentedCredential(head.headers, isForeignKey, tenantId);
  if (known !== undefined && presented.found === 'one') known.credential = presented;
  return presented;
}

/** Where nobody imported keys of another system. */
const neverForeign = (_text: string, _tenantId: string): boolean => false;

function fromAuthorization(value: string, isForeignKey: typeof neverForeign, tenantId: string): PresentedCredential {
  const space = value.indexOf(' ');
  // The scheme is case-insensitive (RFC 9110 §11.1).
  const scheme = space === -1 ? value : value.slice(0, space);
  const bound = scheme.length === 4 && scheme.toLowerCase() === 'dpop';
  if (scheme !== 'Bearer' && !bound && scheme.toLowerCase() !== 'bearer') return OTHER;
  if (space === -1) return MALFORMED;
  let start = space + 1;
  while (value.charCodeAt(start) === 0x20) start += 1;
  const text = value.slice(start);
  if (!isCredentialText(text)) return MALFORMED;
  const type = typeOf(text, isForeignKey, tenantId);
  if (!bound) return { found: 'one', type, text, scheme: 'bearer' };
  // RFC 9449 §7.1: the scheme is for access tokens. An API key is bound to nothing.
  return type === 'access_token' ? { found: 'one', type, text, scheme: 'dpop' } : MALFORMED;
}

/**
 * Every credential of ours but the opaque access token (`gh_at_`) that fits here is an API key; anything else that begins so
 * is refused by the key verifier, which knows the prefixes.
 */
function typeOf(text: string, isForeignKey: typeof neverForeign, tenantId: string): 'api_key' | 'access_token' {
  const own = text.startsWith('gh_') && !text.startsWith('gh_at_');
  return own || isForeignKey(text, tenantId) ? 'api_key' : 'access_token';
}

/** b64token (RFC 6750 §2.1), bounded. */
const CREDENTIAL_TEXT = /^[A-Za-z0-9\-._~+/]+=*$/;

function isCredentialText(text: string): boolean {
  return text.length <= LIMITS.credentialLengthMax && CREDENTIAL_TEXT.test(text);
}

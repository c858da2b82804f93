import { base64url } from 'jose';

const encoder = new TextEncoder();

/** SHA-256 in base64url, of a text or of bytes. */
export async function sha256(value: string | Uint8Array): Promise<string> {
  // A copy, since a Uint8Array may lie on memory that Web Crypto does not take.
  const bytes = typeof value === 'string' ? encoder.encode(value) : new Uint8Array(value);
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/**
 * Decodes base64url without padding (RFC 4648 §5), refusing every spelling but the one that encoding gives. Node's own
 * decoder skips foreign characters and ignores the unused low bits, so an edited text could decode to the same bytes.
 */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

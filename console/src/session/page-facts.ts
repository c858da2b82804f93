/** What the program wrote into the page that it sent. */
function fact(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="gatehouse-${name}"]`)?.content ?? '';
}

/** Where this console's authorization server is; in development, where the page comes from. */
export const issuer = fact('issuer').startsWith('http') ? fact('issuer') : location.origin;

/** What style elements written at run time must carry to be obeyed. */
export const styleNonce = fact('nonce');

/** Where callers reach the gateway, without a slash at its end; empty where this is not known. */
export const gatewayUrl = fact('gateway').startsWith('http') ? fact('gateway').replace(/\/$/, '') : '';

/** Who we are to authenticators: a passkey made for one host opens nothing at another (WebAuthn Level 3 §4). */
export interface RelyingParty {
  /** The issuer's host. */
  id: string;
  name: string;
  origin: string;
}

export function relyingPartyOf(issuer: string, name = 'Gatehouse'): RelyingParty {
  const { hostname, origin } = new URL(issuer);
  return { id: hostname, name, origin };
}

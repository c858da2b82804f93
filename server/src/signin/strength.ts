/**
 * How strongly a person proved who they are, by rank. `aal1` and `aal2` as NIST SP 800-63B-4 §2 has them; `phr` is
 * OpenID's name for phishing-resistant (EAP ACR Values 1.0 §2), which a passkey is.
 */
export const ACRS = ['aal1', 'aal2', 'phr'] as const;
export type Acr = (typeof ACRS)[number];

export function isAcr(value: string): value is Acr {
  return (ACRS as readonly string[]).includes(value);
}

/** Is `acr` as strong as `wanted`, or stronger? A word we don't know is weaker than any. */
export function reaches(acr: string, wanted: Acr): boolean {
  return (ACRS as readonly string[]).indexOf(acr) >= ACRS.indexOf(wanted);
}

export const strongest = (...acrs: readonly Acr[]): Acr =>
  acrs.reduce((best, acr) => (reaches(acr, best) ? acr : best), 'aal1');
export const weaker = (one: Acr, other: Acr): Acr => (reaches(one, other) ? other : one);

/** One thing that was proved, in this browser, at this time (milliseconds since the epoch). */
export interface Proof {
  method: Method;
  /** What RFC 8176 §2 calls it. */
  amr: readonly string[];
  at: number;
}

/**
 * What each method counts for. A passkey whose authenticator verified its user (PIN, finger, face) is something one has
 * and something one knows or is, in one; without that it is only something one has.
 */
export const METHODS = {
  password: { begins: true, follows: false, reaches: 'aal1' },
  passkey: { begins: true, follows: true, reaches: 'phr' },
  security_key: { begins: false, follows: true, reaches: 'phr' },
  totp: { begins: false, follows: true, reaches: 'aal2' },
  recovery_code: { begins: false, follows: true, reaches: 'aal2' },
  /**
   * A second factor for who has no better one, where the policy lets it be (`mayUseEmail`), and no more than that: whoever
   * asks for `aal2` means something that a mailbox is not (NIST SP 800-63B-4 §3.1.3.1).
   */
  email_code: { begins: false, follows: true, reaches: 'aal1' },
  /** The link or code of a message to the person's own address: what registration and recovery end with. */
  email: { begins: true, follows: false, reaches: 'aal1' },
} as const satisfies Record<string, { begins: boolean; follows: boolean; reaches: Acr }>;
export type Method = keyof typeof METHODS;

export const hasBegun = (proofs: readonly Proof[]): boolean => proofs.some(({ method }) => METHODS[method].begins);

export interface ProvedStrength {
  acr: Acr;
  amr: string[];
  /** When the first of it was proved. */
  since: number;
}

/** What the proofs amount to together; `undefined` while none of them can stand alone. */
export function strengthOf(proofs: readonly Proof[]): ProvedStrength | undefined {
  if (!hasBegun(proofs)) return undefined;
  const following = proofs.filter(({ method }) => METHODS[method].follows).map(({ method }) => METHODS[method].reaches);
  const acr = strongest('aal1', ...following);
  const amr = new Set(proofs.flatMap((proof) => proof.amr));
  if (following.length > 0) amr.add('mfa');
  return { acr, amr: [...amr].sort(), since: Math.min(...proofs.map(({ at }) => at)) };
}

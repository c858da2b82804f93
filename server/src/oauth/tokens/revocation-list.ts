/** What a revocation names. A token carries up to one id of each kind. */
export const REVOCATION_KINDS = ['jti', 'grant', 'client', 'secret', 'session', 'user'] as const;
export type RevocationKind = (typeof REVOCATION_KINDS)[number];

/** Change topic of a revocation; its id is {@link encodeRevocation}'s text. */
export const REVOCATION_TOPIC = 'revocation';

export interface Revocation {
  tenantId: string;
  kind: RevocationKind;
  id: string;
  /** Tokens issued up to then are dead. Milliseconds. */
  beforeAt: number;
  /** When the last token it could concern has expired. Milliseconds. */
  expiresAt: number;
}

export interface Origin {
  kind: RevocationKind;
  id: string;
}

/** The ids a token may be revoked by. */
export interface RevocableToken {
  tenantId: string;
  jti?: string | undefined;
  grant?: string | undefined;
  client?: string | undefined;
  /** The client secret it was obtained with. */
  secret?: string | undefined;
  session?: string | undefined;
  user?: string | undefined;
  /** Further ids that it ends with: of the tokens that it was exchanged for, and of people who act. */
  origins?: readonly Origin[] | undefined;
  /** Seconds: the `iat` claim. */
  issuedAt: number;
}

/**
 * Revocations in memory, in every process that verifies tokens. Bounded by nature: an entry goes when the last token it
 * could concern has expired.
 */
export class RevocationList {
  readonly #entries = new Map<string, Revocation>();
  readonly #added: (revocation: Revocation) => void;
  #version = 0;

  /** `added` is told of every addition. */
  constructor(added: (revocation: Revocation) => void = () => undefined) {
    this.#added = added;
  }

  /** Grows with every addition. A token found clean at this version needs no second look while it stands still. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#entries.size;
  }

  add(revocation: Revocation): void {
    const key = keyOf(revocation.tenantId, revocation.kind, revocation.id);
    const known = this.#entries.get(key);
    // The feed may deliver twice or late: a revocation never gets weaker.
    if (known !== undefined && known.beforeAt >= revocation.beforeAt && known.expiresAt >= revocation.expiresAt) return;
    const strongest = {
      ...revocation,
      beforeAt: Math.max(revocation.beforeAt, known?.beforeAt ?? 0),
      expiresAt: Math.max(revocation.expiresAt, known?.expiresAt ?? 0),
    };
    this.#entries.set(key, strongest);
    this.#version += 1;
    this.#added(strongest);
  }

  isRevoked(token: RevocableToken): boolean {
    if (this.#entries.size === 0) return false;
    for (const kind of REVOCATION_KINDS) {
      const id = token[kind];
      if (id !== undefined && this.#isEnded(token, kind, id)) return true;
    }
    return token.origins?.some(({ kind, id }) => this.#isEnded(token, kind, id)) ?? false;
  }

  #isEnded({ tenantId, issuedAt }: RevocableToken, kind: RevocationKind, id: string): boolean {
    const entry = this.#entries.get(keyOf(tenantId, kind, id));
    // `iat` is whole seconds, so a token of the same second counts as issued before: when in doubt it is dead.
    return entry !== undefined && issuedAt <= Math.floor(entry.beforeAt / 1000);
  }

  /** Drops entries whose tokens have all expired. Called now and then, not on the hot path. */
  expire(now: number): void {
    for (const [key, { expiresAt }] of this.#entries) if (expiresAt <= now) this.#entries.delete(key);
  }
}

const keyOf = (tenantId: string, kind: RevocationKind, id: string) => `${tenantId} ${kind} ${id}`;

/** The change feed carries the whole revocation in its id, so that hearing of one needs no read: 100 ms is the promise. */
export function encodeRevocation({ kind, id, beforeAt, expiresAt }: Revocation): string {
  return `${kind} ${beforeAt} ${expiresAt} ${id}`;
}

const ENCODED = /^([a-z]+) ([0-9]{1,16}) ([0-9]{1,16}) (\S+)$/;

export function decodeRevocation(tenantId: string, text: string): Revocation | undefined {
  const match = ENCODED.exec(text);
  const kind = REVOCATION_KINDS.find((known) => known === match?.[1]);
  if (match === null || kind === undefined || match[4] === undefined) return undefined;
  return { tenantId, kind, id: match[4], beforeAt: Number(match[2]), expiresAt: Number(match[3]) };
}

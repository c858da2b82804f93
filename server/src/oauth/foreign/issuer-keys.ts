import type { Clock } from '#base';
import type { PublicKey } from '../jwt/public-key.ts';
import type { RemoteKeySets } from '../jwt/remote-key-sets.ts';
import type { ForeignIssuerSpec } from './foreign-issuer-schema.ts';

export interface IssuerKeysDeps {
  remoteKeys: RemoteKeySets;
  keySetOf(issuer: string): Promise<string | undefined>;
  clock: Clock;
}

/** After this, what is at hand goes on serving while it is asked whether it is still so. */
const LOOK_AGAIN_MILLISECONDS = 60_000;
/** After this it no longer serves, and requests wait for the issuer: nobody has called for long. */
const BELIEVED_MILLISECONDS = 10 * 60_000;

interface Held {
  keys: readonly PublicKey[];
  at: number;
  pending: Promise<void> | undefined;
}

/** The keys of one issuer, at hand. In the steady state no request waits for them: they are looked at again beside it. */
export class IssuerKeys {
  readonly #deps: IssuerKeysDeps;
  readonly #spec: ForeignIssuerSpec;
  #held: Held = { keys: [], at: Number.NEGATIVE_INFINITY, pending: undefined };

  constructor(deps: IssuerKeysDeps, spec: ForeignIssuerSpec) {
    this.#deps = deps;
    this.#spec = spec;
  }

  /** As far as they may be believed at this moment; begins to look again when it is time. */
  atHand(now: number): readonly PublicKey[] {
    const age = now - this.#held.at;
    if (age > LOOK_AGAIN_MILLISECONDS) void this.refresh(undefined);
    return age > BELIEVED_MILLISECONDS ? [] : this.#held.keys;
  }

  /** Waits for the issuer, one question for all; how often he is asked at most is the key sets' business. */
  async refresh(kid: string | undefined): Promise<readonly PublicKey[]> {
    const held = this.#held;
    // A look under way may not know this key yet.
    if (held.pending !== undefined) await held.pending;
    if (kid !== undefined && held.keys.some((key) => key.kid === kid)) return held.keys;
    held.pending ??= this.#read(held, kid).finally(() => {
      held.pending = undefined;
    });
    await held.pending;
    return held.keys;
  }

  async #read(held: Held, kid: string | undefined): Promise<void> {
    const { remoteKeys, keySetOf, clock } = this.#deps;
    const { jwksUri, issuer } = this.#spec;
    const address = jwksUri ?? (await keySetOf(issuer));
    // While the issuer can't be asked, what he said last goes on until it is too old.
    if (address === undefined) return;
    held.keys = await remoteKeys.keysAt(address, kid);
    held.at = clock.now();
  }
}

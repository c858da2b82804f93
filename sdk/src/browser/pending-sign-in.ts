/**
 * What this tab must remember while the person is at the issuer. It is kept in sessionStorage, which other tabs do not see
 * and which ends with this one. Nothing of it opens anything: the verifier is good for one code, which is in this tab's
 * address alone, and both are gone once the person is back.
 */
export interface PendingSignIn {
  state: string;
  nonce: string;
  verifier: string;
  returnTo: string;
  /** Nobody was asked anything: that nobody is signed in is no error then. */
  silent: boolean;
  /** What an API demanded of this sign-in, if it was that. */
  demand?: string;
}

export interface PendingStore {
  keep(pending: PendingSignIn): void;
  /** Once: an answer that is seen again finds nothing. */
  take(): PendingSignIn | undefined;
}

export function pendingStore(key: string): PendingStore {
  return {
    keep: (pending) => sessionStorage.setItem(key, JSON.stringify(pending)),
    take() {
      const text = sessionStorage.getItem(key);
      sessionStorage.removeItem(key);
      return text === null ? undefined : JSON.parse(text);
    },
  };
}

const MINUTE_MS = 60_000;

/** What a mail with a link or a code can be for. One made for one purpose opens nothing else. */
export const CHALLENGE_PURPOSES = {
  /** Choosing a new password. The link is enough: the person may read mail on another device. */
  password_recovery: { lifetimeMs: 30 * MINUTE_MS, linkBoundToBrowser: false },
  /** An administrator's, for somebody who has lost every factor: those go, and a new password is chosen. */
  administrator_recovery: { lifetimeMs: 60 * MINUTE_MS, linkBoundToBrowser: false },
  /** Making an account. What is chosen for it is chosen after the proof, so a link opened elsewhere is no harm. */
  registration: { lifetimeMs: 30 * MINUTE_MS, linkBoundToBrowser: false },
  /** A factor: the link works in the browser that is signing in and nowhere else, or a look-alike page could ask for it. */
  sign_in: { lifetimeMs: 10 * MINUTE_MS, linkBoundToBrowser: true },
  email_change: { lifetimeMs: 30 * MINUTE_MS, linkBoundToBrowser: false },
  /** Taking an account back after somebody else changed its address: people don't read mail every day. */
  email_undo: { lifetimeMs: 7 * 24 * 60 * MINUTE_MS, linkBoundToBrowser: false },
} as const;

export type ChallengePurpose = keyof typeof CHALLENGE_PURPOSES;

/** For the mail: when it ends, in the unit that people think in. */
export const minutesOf = (purpose: ChallengePurpose): string =>
  String(CHALLENGE_PURPOSES[purpose].lifetimeMs / MINUTE_MS);
export const daysOf = (purpose: ChallengePurpose): string => String(Number(minutesOf(purpose)) / (24 * 60));

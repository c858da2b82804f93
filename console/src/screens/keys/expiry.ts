const DAY_SECONDS = 86_400;

/** Days, or never. */
export const EXPIRIES = ['30', '90', '365', 'never'] as const;
export type Expiry = (typeof EXPIRIES)[number];

export const expirySeconds = (expiry: Expiry): number | undefined =>
  expiry === 'never' ? undefined : Number(expiry) * DAY_SECONDS;

const DAY_SECONDS = 86_400;

/** Days, or never. */
export const EXPIRIES = ['30', '90', '365', 'never'] as const;
export type Expiry = (typeof EXPIRIES)[number];

export const expirySeconds = (expiry: Expiry): number | undefined =>
  expiry === 'never' ? undefined : Number(expiry) * DAY_SECONDS;

/** Until the end of that day (`2027-01-31`) where the browser is; at least a second. */
export function secondsUntil(day: string, now = Date.now()): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return Math.max(1, Math.ceil((new Date(year, month - 1, date + 1).getTime() - now) / 1000));
}

/** That day where the browser is, as a field for days has it. */
export function dayOf(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

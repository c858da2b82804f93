import i18next from 'i18next';

/** The page's language as it is written where the browser is: English has two ways to write a date. */
const region = (): string =>
  navigator.languages.find((each) => each.startsWith(`${i18next.language}-`)) ?? i18next.language;

const NOW_MILLISECONDS = 45_000;
const MINUTE_MILLISECONDS = 60_000;
const DAY_MILLISECONDS = 86_400_000;
const UNITS = [
  ['second', 1000],
  ['minute', MINUTE_MILLISECONDS],
  ['hour', 3_600_000],
  ['day', DAY_MILLISECONDS],
  ['month', 30 * DAY_MILLISECONDS],
  ['year', 365 * DAY_MILLISECONDS],
] as const;

/** "3 days ago", "in 2 hours", in the language of the page. */
export function relativeTime(at: number, now = Date.now()): string {
  // Seconds that have passed are over before they are read: it is now, or a minute ago.
  const passed = now - at;
  const isJust = passed >= 0 && passed < MINUTE_MILLISECONDS;
  const distance = isJust ? (passed < NOW_MILLISECONDS ? 0 : -MINUTE_MILLISECONDS) : -passed;
  const format = new Intl.RelativeTimeFormat(region(), { numeric: 'auto' });
  // In the first unit that does not round up to one of the next: 59 minutes and a half are an hour, and not 60 minutes.
  const found = UNITS.findIndex(([, size], index) => {
    const [, next] = UNITS[index + 1] ?? [undefined, Number.POSITIVE_INFINITY];
    return Math.max(Math.abs(distance), Math.round(Math.abs(distance) / size) * size) < next;
  });
  const [unit, size] = UNITS[found] ?? UNITS[0];
  return format.format(Math.round(distance / size), unit);
}

export const dateTime = (at: number): string =>
  new Intl.DateTimeFormat(region(), { dateStyle: 'medium', timeStyle: 'medium' }).format(at);

export const shortDate = (at: number): string => new Intl.DateTimeFormat(region(), { dateStyle: 'medium' }).format(at);

export const hourOf = (at: number): string =>
  new Intl.DateTimeFormat(region(), { hour: '2-digit', minute: '2-digit' }).format(at);

export const clockTime = (at: number): string => new Intl.DateTimeFormat(region(), { timeStyle: 'medium' }).format(at);

export const count = (value: number): string => new Intl.NumberFormat(region()).format(value);

export const compact = (value: number): string =>
  new Intl.NumberFormat(region(), { notation: 'compact', maximumFractionDigits: 1 }).format(value);

export const percent = (share: number): string =>
  new Intl.NumberFormat(region(), { style: 'percent', maximumFractionDigits: 1 }).format(share);

/** From microseconds, in the unit that reads best. */
export function duration(micros: number): string {
  const format = (value: number, unit: 'microsecond' | 'millisecond' | 'second') =>
    new Intl.NumberFormat(region(), {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      maximumSignificantDigits: 3,
    }).format(value);
  if (micros < 1000) return format(micros, 'microsecond');
  return micros < 1_000_000 ? format(micros / 1000, 'millisecond') : format(micros / 1_000_000, 'second');
}

export function bytes(value: number): string {
  const steps = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const step = value < 1 ? 0 : Math.min(steps.length - 1, Math.floor(Math.log10(value) / 3));
  const unit = steps[step] ?? 'byte';
  return new Intl.NumberFormat(region(), {
    style: 'unit',
    unit,
    // The short form of a byte has no plural.
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumFractionDigits: 1,
  }).format(value / 1000 ** step);
}

import { cliErrors } from './errors.ts';

const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90d`, `12h`, `30m`, `45s` as seconds. */
export function parseDuration(text: string): number {
  const match = /^([1-9]\d{0,8})([smhd])$/.exec(text.trim());
  const seconds = Number(match?.[1]) * (SECONDS_OF[match?.[2] ?? ''] ?? Number.NaN);
  if (Number.isNaN(seconds))
    throw cliErrors.usage({ message: `“${text}” is not a duration. Write for example 90d, 12h, 30m or 45s.` });
  return seconds;
}

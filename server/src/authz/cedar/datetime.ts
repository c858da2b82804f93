import { EvaluationFailure } from './evaluation-failure.ts';
import { addLongs, type Long, remainderOfLong, subtractLongs, truncateLong } from './long.ts';
import { Scaled } from './scaled.ts';

const DATETIME =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2})))?$/;
const DAY_MILLISECONDS = 86_400_000;

/** `datetime("2026-01-31")` or `datetime("2026-01-31T10:00:00.000+0100")`. No leap seconds; an offset has no colon. */
export function parseDatetime(text: string): Scaled {
  const groups = DATETIME.exec(text);
  if (groups === null) throw invalid(text);
  const part = (index: number): number => Number(groups[index] ?? '0');
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const [offsetHour, offsetMinute] = [part(9), part(10)];
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) throw invalid(text);
  // Date.UTC reads the years 0 to 99 as 1900 to 1999; 400 years later the calendar is the same.
  const shifted = new Date(Date.UTC(year + 400, month - 1, day));
  if (shifted.getUTCMonth() !== month - 1 || shifted.getUTCDate() !== day) throw invalid(text);
  const date = shifted.getTime() - DAYS_IN_400_YEARS * DAY_MILLISECONDS;
  const offset = (offsetHour * 60 + offsetMinute) * 60_000 * (groups[8] === '-' ? -1 : 1);
  return new Scaled('datetime', date + ((hour * 60 + minute) * 60 + second) * 1000 + part(7) - offset + 0);
}

const DAYS_IN_400_YEARS = 146_097;

function invalid(text: string): EvaluationFailure {
  return new EvaluationFailure(`\`${text}\` is not a well-formed datetime, for example \`2026-01-31T10:00:00Z\``);
}

export function offsetDatetime(datetime: Scaled, duration: Scaled): Scaled {
  return new Scaled('datetime', addLongs(datetime.amount, duration.amount));
}

export function durationSince(later: Scaled, earlier: Scaled): Scaled {
  return new Scaled('duration', subtractLongs(later.amount, earlier.amount));
}

/** The start of the day in UTC; for times before 1970 too it is the earlier end. */
export function dateOf(datetime: Scaled): Scaled {
  return new Scaled('datetime', subtractLongs(datetime.amount, remainderOfLong(datetime.amount, DAY_MILLISECONDS)));
}

export function timeOf(datetime: Scaled): Scaled {
  return new Scaled('duration', remainderOfLong(datetime.amount, DAY_MILLISECONDS));
}

/** A duration in whole units, each step dropping its remainder towards zero. */
export function durationIn(duration: Scaled, divisors: readonly number[]): Long {
  return divisors.reduce(truncateLong, duration.amount);
}

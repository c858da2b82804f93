import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What a bound counts, by what stands there. */
const UNITS: Readonly<Record<string, string>> = { string: 'character', array: 'item', set: 'item', record: 'field' };

/** `must be at least 0.1`, `must have at most 64 items`; undefined when the issue is about no bound, or its schema has words of its own. */
export function outOfBounds(issue: Issue): string | undefined {
  if (issue.code !== 'too_small' && issue.code !== 'too_big') return undefined;
  if (!issue.message.startsWith('Too ')) return undefined;
  const isLeast = issue.code === 'too_small';
  const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  const unit = UNITS[issue.origin];
  if (unit === undefined) {
    const isStrict = issue.inclusive === false;
    if (isStrict) return `must be ${isLeast ? 'more' : 'less'} than ${bound}`;
    return `must be at ${isLeast ? 'least' : 'most'} ${bound}${inDays(issue.path.at(-1), Number(bound))}`;
  }
  if (isLeast && Number(bound) === 1) return 'must not be empty';
  return `must have at ${isLeast ? 'least' : 'most'} ${bound} ${unit}${Number(bound) === 1 ? '' : 's'}`;
}

const DAY_SECONDS = 86_400;

/** Whoever wrote `--overlap 400d` does not reckon in seconds. */
function inDays(field: PropertyKey | undefined, seconds: number): string {
  if (!/seconds$/i.test(String(field ?? '')) || seconds < DAY_SECONDS || seconds % DAY_SECONDS !== 0) return '';
  const days = seconds / DAY_SECONDS;
  return ` (${days} ${days === 1 ? 'day' : 'days'})`;
}

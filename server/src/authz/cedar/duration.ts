import { EvaluationFailure } from './evaluation-failure.ts';
import { longFromBigint } from './long.ts';
import { digitsToBigint, Scaled } from './scaled.ts';

const DURATION = /^-?(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?$/;
/** In the order of the pattern's groups: days, hours, minutes, seconds, milliseconds. */
const UNIT_MILLISECONDS = [86_400_000n, 3_600_000n, 60_000n, 1000n, 1n] as const;

/** `duration("1d2h3m4s5ms")`: units from large to small, each at most once, with one sign in front. */
export function parseDuration(text: string): Scaled {
  const groups = text === '' || text === '-' ? null : DURATION.exec(text);
  if (groups === null)
    throw new EvaluationFailure(`\`${text}\` is not a well-formed duration, for example \`1d2h30m\``);
  let milliseconds = 0n;
  for (const [index, unit] of UNIT_MILLISECONDS.entries()) {
    const quantity = digitsToBigint(groups[index + 1] ?? '');
    if (quantity === undefined) throw overflow();
    milliseconds += quantity * unit;
  }
  const amount = longFromBigint(text.startsWith('-') ? -milliseconds : milliseconds);
  if (amount === undefined) throw overflow();
  return new Scaled('duration', amount);
}

function overflow(): EvaluationFailure {
  return new EvaluationFailure('the duration does not fit 64 bits of milliseconds');
}

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ALARMS, RULES } from './sign-in-throttle.ts';

const DOCUMENT = new URL('../../../../docs/security/signing-in.md', import.meta.url);

/** As people write it: "12 minutes", "72 seconds", "a minute" as "1 minute". */
function duration(milliseconds: number): string {
  const [count, unit] =
    milliseconds % 60_000 === 0 ? [milliseconds / 60_000, 'minute'] : [milliseconds / 1000, 'second'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

test('what is documented of guessing is what is done (ASVS 6.1.1)', () => {
  const [, table = ''] = readFileSync(DOCUMENT, 'utf8').split('| Counted |');
  const rows = [...table.matchAll(/^\| [^|]+ \| (\d+) \| ([^|]+) \|(?: ([^|]+) \|| +\|) ([^|]+) \|$/gm)];
  const told = rows.map(([, free, then, most = '', forgotten]) => [Number(free), then, most, forgotten]);
  const { pair, device, account, address, network } = RULES;
  expect(device).toEqual(pair);
  expect(told).toEqual([
    ...[pair, account, address, network].map(({ free, longestWaitMs, forgiveMs }) => [
      free,
      '1 s, doubling',
      duration(longestWaitMs),
      duration(forgiveMs),
    ]),
    ...[ALARMS.many_accounts, ALARMS.many_failures].map(({ free, forgiveMs }) => [
      free,
      'alarm and challenge',
      '',
      duration(forgiveMs),
    ]),
  ]);
});

import { expect, test } from 'vitest';
import { asksToWait } from './asks-to-wait.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');

test.each<[string | undefined, boolean]>([
  ['1', true],
  ['120', true],
  ['Mon, 23 Nov 2026 08:00:05 GMT', true],
  ['0', false],
  ['000', false],
  ['Mon, 23 Nov 2026 07:59:55 GMT', false],
  ['-1', false],
  ['1.5', false],
  ['soon', false],
  ['2027', true],
  ['99999999999999999999', false],
  ['', false],
  [undefined, false],
])('%j: %s', (field, waits) => expect(asksToWait(field, NOW)).toBe(waits));

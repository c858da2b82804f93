import { expect, test } from 'vitest';
import { timeAgo } from './time-ago.ts';

test.each([
  [0, 'just now'],
  [59_999, 'just now'],
  [60_000, '1 minute ago'],
  [3_599_999, '59 minutes ago'],
  [3_600_000, '1 hour ago'],
  [86_400_000, 'yesterday'],
  [30 * 86_400_000, '30 days ago'],
  [-5_000, 'just now'],
])('%d ms is %s', (elapsed, expected) => expect(timeAgo(1e12 - elapsed, 1e12)).toBe(expected));

import { expect, test } from 'vitest';
import { addressRanges, isAddressRange, isWithinRanges, plainAddress } from './address-ranges.ts';

test.for([
  ['192.0.2.1', true],
  ['192.0.2.0/24', true],
  ['0.0.0.0/0', true],
  ['2001:db8::/32', true],
  ['2001:db8::1', true],
  ['192.0.2.0/33', false],
  ['2001:db8::/129', false],
  ['192.0.2.0/', false],
  ['192.0.2.0/24/8', false],
  ['192.0.2.0/-1', false],
  ['192.0.2.0/1e1', false],
  ['192.0.2', false],
  ['example.com', false],
  ['', false],
] as const)('%s is a range: %s', ([text, expected]) => {
  expect(isAddressRange(text)).toBe(expected);
});

test.for([
  [['192.0.2.0/24'], '192.0.2.255', true],
  [['192.0.2.0/24'], '192.0.3.0', false],
  [['192.0.2.0/24'], '::ffff:192.0.2.7', true],
  [['192.0.2.7'], '192.0.2.7', true],
  [['192.0.2.7'], '192.0.2.8', false],
  [['2001:db8::/32'], '2001:db8:ffff::1', true],
  [['2001:db8::/32'], '2001:db9::1', false],
  [['0.0.0.0/0'], '2001:db8::1', false],
  [['192.0.2.7', '2001:db8::/32'], '2001:db8::1', true],
  [['0.0.0.0/0', '::/0'], '', false],
  [['0.0.0.0/0', '::/0'], 'unknown', false],
  [[], '192.0.2.7', false],
] as const)('%j holds %s: %s', ([ranges, address, expected]) => {
  expect(addressRanges(ranges)(address)).toBe(expected);
});

test.for([
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:c000:207', '::ffff:c000:207'],
  ['2001:db8::1', '2001:db8::1'],
] as const)('%s is written %s', ([address, expected]) => {
  expect(plainAddress(address)).toBe(expected);
});

test.for([
  ['10.0.0.1', ['10.0.0.1'], true],
  ['10.0.0.1', ['192.0.2.0/24', '10.0.0.0/8'], true],
  ['10.1.0.0/16', ['10.0.0.0/8'], true],
  ['10.0.0.0/8', ['10.0.0.0/8'], true],
  ['10.0.0.1/32', ['10.0.0.1'], true],
  ['2001:db8::1/128', ['2001:db8::1'], true],
  ['2001:db8:1::/48', ['2001:db8::/32'], true],
  ['10.0.0.0/7', ['10.0.0.0/8'], false],
  ['10.0.0.1/31', ['10.0.0.1'], false],
  ['2001:db8::1/32', ['2001:db8::1'], false],
  ['11.0.0.1', ['10.0.0.0/8'], false],
  ['10.0.0.1', [], false],
  ['2001:db8::1', ['10.0.0.0/8', '2001:db9::/32'], false],
] as const)('%s lies within %j: %s', ([range, ranges, expected]) => {
  expect(isWithinRanges(range, ranges)).toBe(expected);
});

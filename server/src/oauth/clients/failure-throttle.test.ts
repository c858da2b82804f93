import { expect, test } from 'vitest';
import { fixedClock } from '#testing';
import { createFailureThrottle } from './failure-throttle.ts';

const ADDRESS = '203.0.113.7';
const times = (count: number, work: () => void) => {
  for (let index = 0; index < count; index += 1) work();
};

test('300 failures at once, then ten a second', () => {
  const clock = fixedClock();
  const throttle = createFailureThrottle({ clock });
  expect(throttle.retryAfterSeconds(ADDRESS)).toBeUndefined();
  times(299, () => throttle.failed(ADDRESS));
  expect(throttle.retryAfterSeconds(ADDRESS)).toBeUndefined();
  throttle.failed(ADDRESS);
  expect(throttle.retryAfterSeconds(ADDRESS)).toBe(1);
  clock.advance(1000);
  times(10, () => throttle.failed(ADDRESS));
  expect(throttle.retryAfterSeconds(ADDRESS)).toBe(1);
  clock.advance(100);
  expect(throttle.retryAfterSeconds(ADDRESS)).toBeUndefined();
});

test('what fails at once beyond that, because it was under way already, is waited for as well', () => {
  const clock = fixedClock();
  const throttle = createFailureThrottle({ clock });
  times(350, () => throttle.failed(ADDRESS));
  expect(throttle.retryAfterSeconds(ADDRESS)).toBe(6);
  clock.advance(6000);
  expect(throttle.retryAfterSeconds(ADDRESS)).toBeUndefined();
});

test('an IPv6 subscriber is one network, another one is not', () => {
  const throttle = createFailureThrottle({ clock: fixedClock() });
  times(300, () => throttle.failed('2001:db8:1:2::1'));
  expect(throttle.retryAfterSeconds('2001:db8:1:2:ffff::2')).toBe(1);
  expect(throttle.retryAfterSeconds('2001:db8:1:3::1')).toBeUndefined();
});

test('memory is bounded: the network that failed longest ago is forgotten', () => {
  const throttle = createFailureThrottle({ clock: fixedClock() }, 2);
  times(300, () => throttle.failed('192.0.2.1'));
  throttle.failed('192.0.2.2');
  throttle.failed('192.0.2.1');
  throttle.failed('192.0.2.3');
  expect(throttle.retryAfterSeconds('192.0.2.1')).toBe(1);
  times(300, () => throttle.failed('192.0.2.4'));
  throttle.failed('192.0.2.5');
  expect(throttle.retryAfterSeconds('192.0.2.1')).toBeUndefined();
});

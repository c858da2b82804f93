import { expect, test } from 'vitest';
import { isAlive } from './session-lifetimes.ts';

const DAY = 86_400_000;
const session = { acr: 'aal1', lastSeenAt: 0, idleMs: DAY, expiresAt: 30 * DAY, endedAt: null };

test.each([
  ['just begun', session, 0, true],
  ['used within a day', session, DAY - 1, true],
  ['unused for a day', session, DAY, false],
  ['kept in use', { ...session, lastSeenAt: 30 * DAY - 2 }, 30 * DAY - 1, true],
  ['kept in use for thirty days', { ...session, lastSeenAt: 30 * DAY - 1 }, 30 * DAY, false],
  ['ended', { ...session, endedAt: 1 }, 2, false],
  ['ended in the first millisecond', { ...session, endedAt: 0 }, 0, false],
  ['of a strength nobody declared', { ...session, acr: 'aal9' }, 0, false],
  ['of a strength that is a name of every object', { ...session, acr: 'constructor' }, 0, false],
])('%s', (_, times, now, expected) => expect(isAlive(times, now)).toBe(expected));

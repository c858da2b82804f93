import { expect, test } from 'vitest';
import { initials } from './initials.ts';

test.each([
  ['Ada Lovelace', 'AL'],
  ['Ada King Lovelace', 'AL'],
  ['ada', 'A'],
  ['李 小龙', '李小'],
  ['"Ada" (Lovelace)', 'AL'],
  ['— —', 'X'],
  ['', 'X'],
  ['🏰', 'X'],
])('%j', (name, expected) => expect(initials(name, 'x@example.com')).toBe(expected));

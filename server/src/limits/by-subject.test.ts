import { expect, test } from 'vitest';
import { BySubject } from './by-subject.ts';
import { makeLimit } from './limit.ts';

const charge = (owner: string, subject: string) => ({
  limit: makeLimit({ tenantId: 'ten_1', owner, name: 'route', by: 'credential' }, { requests: 1, perSeconds: 1 }),
  subject,
});

test('a subject has one thing at each limit, also when the limit is compiled anew', () => {
  const things = new BySubject<string>();
  things.add(charge('route a', 'key_1'), 'a1');
  things.add(charge('route a', 'key_2'), 'a2');
  things.add(charge('route b', 'key_1'), 'b1');
  expect(things.get(charge('route a', 'key_1'))).toBe('a1');
  expect(things.get(charge('route b', 'key_1'))).toBe('b1');
  expect(things.get(charge('route b', 'key_2'))).toBeUndefined();
  expect([...things.values()].sort()).toEqual(['a1', 'a2', 'b1']);
});

test('what is deleted is gone and counted once', () => {
  const things = new BySubject<string>();
  things.add(charge('route a', 'key_1'), 'a1');
  things.add(charge('route a', 'key_2'), 'a2');
  for (const subject of ['key_1', 'key_1', 'key_3']) things.delete(charge('route a', subject));
  things.delete(charge('route b', 'key_2'));
  expect([things.size, things.get(charge('route a', 'key_1')), [...things.values()]]).toEqual([1, undefined, ['a2']]);
  things.delete(charge('route a', 'key_2'));
  expect([things.size, [...things.values()]]).toEqual([0, []]);
});

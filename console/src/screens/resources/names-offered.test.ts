import { expect, test } from 'vitest';
import { withCurrent } from '../../editor/offered-names.ts';
import { namesOffered } from './names-offered.ts';

const plans = [
  { name: 'gold', spec: {} },
  { name: 'starter', spec: { assignableBy: 'everyone' as const } },
];
const holding = (...held: string[]) => ({ mayInTenant: (permission: string) => held.includes(permission) });

test('the plan of a client is chosen among those that the person may give', () => {
  expect(namesOffered('clients', holding('plans:read'), plans)).toEqual({ plan: ['starter'] });
  expect(namesOffered('clients', holding('plans:assign'), plans)).toEqual({ plan: ['gold', 'starter'] });
});

test('who may not see the plans writes the name, and so do all in other kinds', () => {
  expect(namesOffered('clients', holding(), undefined)).toEqual({});
  expect(namesOffered('routes', holding('plans:assign'), plans)).toEqual({});
});

test('the plan that a client is on can be kept', () => {
  expect([withCurrent(['starter'], 'gold'), withCurrent(['starter'], 'starter'), withCurrent(['starter'], '')]).toEqual(
    [['starter', 'gold'], ['starter'], ['starter']],
  );
});

import { expect, test } from 'vitest';
import { namesOffered } from './names-offered.ts';

const plans = [
  { name: 'gold', spec: {} },
  { name: 'starter', spec: { assignableBy: 'everyone' as const } },
];
const holding = (...held: string[]) => ({ mayInTenant: (permission: string) => held.includes(permission) });

test('of plans, a client is offered those that the person may give', () => {
  expect(namesOffered('clients', holding('plans:read'), plans)).toEqual({ plan: ['starter'] });
  expect(namesOffered('clients', holding('plans:assign'), plans)).toEqual({ plan: ['gold', 'starter'] });
});

test('nothing is offered to who may not see the plans, and nothing in other kinds', () => {
  expect(namesOffered('clients', holding(), undefined)).toEqual({});
  expect(namesOffered('routes', holding('plans:assign'), plans)).toEqual({});
});

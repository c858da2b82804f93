import { expect, test } from 'vitest';
import { plansToGive } from './plans-to-give.ts';

const plans = [
  { name: 'gold', spec: {} },
  { name: 'silver', spec: { assignableBy: 'administrators' as const } },
  { name: 'starter', spec: { assignableBy: 'everyone' as const } },
];

test.for<[string[], string[]]>([
  [['plans:read'], ['starter']],
  [['plans:assign'], ['gold', 'silver', 'starter']],
  [['plans:write'], ['gold', 'silver', 'starter']],
])('who holds %j is offered %j', ([held, offered]) => {
  expect(plansToGive({ mayInTenant: (permission) => held.includes(permission) }, plans)).toEqual(offered);
});

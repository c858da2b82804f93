import { expect, test } from 'vitest';
import { placeJudge } from './key-place.ts';

const home = { address: '192.0.2.7', api: 'weather', route: 'weather' };

test.for([
  ['an address in a range', { addresses: ['192.0.2.0/24'] }, home, undefined],
  ['an address in none', { addresses: ['198.51.100.0/24'] }, home, 'address'],
  ['an address that is not known', { addresses: ['0.0.0.0/0', '::/0'] }, { ...home, address: '' }, 'address'],
  ['one of the APIs', { apis: ['maps', 'weather'] }, home, undefined],
  ['another API', { apis: ['maps'] }, home, 'api'],
  ['a route of no API', { apis: ['weather'] }, { address: '192.0.2.7', route: 'weather' }, 'api'],
  ['one of the routes', { routes: ['weather'] }, home, undefined],
  ['another route', { routes: ['weather-admin'] }, home, 'route'],
  ['the right API from the wrong address', { apis: ['weather'], addresses: ['198.51.100.1'] }, home, 'address'],
  ['everything right', { apis: ['weather'], routes: ['weather'], addresses: ['192.0.2.7'] }, home, undefined],
  ['nowhere in particular, bound to an address', { addresses: ['0.0.0.0/0'] }, undefined, 'address'],
  ['nowhere in particular, bound to an API', { apis: ['weather'] }, undefined, 'api'],
  ['nowhere in particular, bound to a route', { routes: ['weather'] }, undefined, 'route'],
  // The Admin API has an address and is no API behind the gateway.
  ['the Admin API, bound to an API', { apis: ['weather'] }, { address: '192.0.2.7' }, 'api'],
] as const)('%s', ([, restrictions, place, problem]) => {
  expect(placeJudge(restrictions)?.(place)).toBe(problem);
});

test('where nothing is restricted there is nothing to judge', () => {
  expect(placeJudge({})).toBeUndefined();
});

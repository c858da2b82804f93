import { expect, test } from 'vitest';
import { commandLine } from '../command-line.fixture.ts';

const wire = commandLine();
const WELL = { available: true, healthy: true, ejection: 'closed', inFlight: 1, requests: 7, failed: 2, problem: '' };
const health = (name: string, targets: object[]) => ({
  body: { name, breaker: 'closed', inFlight: 1, retries: 3, refused: 0, targets },
});
const target = (url: string, more: object = {}) => ({ ...WELL, url, ...more });

test('without a name, the targets of every upstream', async () => {
  wire.answers = {
    'GET /api/v1/upstreams': { body: { items: [{ name: 'orders' }, { name: 'stock' }], nextCursor: null } },
    'GET /api/v1/upstreams/orders/health': health('orders', [
      target('http://a'),
      target('http://b', { ejection: 'open' }),
    ]),
    'GET /api/v1/upstreams/stock/health': health('stock', [
      target('http://c', { healthy: false, problem: 'ENOTFOUND' }),
    ]),
  };
  const { out } = await wire.run(['upstreams', 'health']);
  expect(out.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['UPSTREAM', 'TARGET', 'STATE', 'UNDER WAY', 'REQUESTS', 'FAILED'],
    ['orders', 'http://a', 'available', '1', '7', '2'],
    ['orders', 'http://b', 'ejected', '1', '7', '2'],
    ['stock', 'http://c', 'not well: ENOTFOUND', '1', '7', '2'],
  ]);
});

test('with one, its targets and its breaker', async () => {
  wire.answers = { 'GET /api/v1/upstreams/orders/health': health('orders', [target('http://a')]) };
  const { out } = await wire.run(['upstreams', 'health', 'orders']);
  expect(out).toContain('http://a');
  expect(out).toContain('breaker closed, 3 retries, 0 refused');
});

test('where there are none it says so', async () => {
  wire.answers = { 'GET /api/v1/upstreams': { body: { items: [], nextCursor: null } } };
  const { out, notes } = await wire.run(['upstreams', 'health']);
  expect([out, notes]).toEqual(['', 'There are no upstreams yet.']);
});

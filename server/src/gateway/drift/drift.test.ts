import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock, openTestStore, type TestStore, testLogger } from '#testing';
import { forwarded, head, KEY, openFixture, outcome, route } from '../gateway.fixture.ts';
import { compileDocument } from '../openapi/compile-document.ts';
import { described, ORDERS } from '../openapi/orders.fixture.ts';
import { gatewayMigrations } from '../upstream-secrets/secret-table.ts';
import { driftReport } from './drift-report.ts';
import { findDrift } from './find-drift.ts';
import { openApiTraffic } from './open-traffic.ts';
import { type SeenExchange, TrafficCounter } from './traffic-counter.ts';
import { readTraffic, writeTraffic } from './traffic-table.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore([gatewayMigrations]);
});
afterAll(() => store.close());

const { operations, router } = compileDocument(described());

function seen(method: string, target: string, more: Partial<SeenExchange> = {}): SeenExchange {
  const [path = '', query = ''] = target.split(/(?=\?)/);
  const operation = router.match(path, method)?.value;
  const place = { tenantId: 'ten_a', document: 'orders', method, path, query, operation };
  return { ...place, status: 200, contentType: 'application/json', violated: false, at: 1, ...more };
}

function reportOf(...exchanges: SeenExchange[]) {
  const counter = new TrafficCounter();
  for (const each of exchanges) counter.count(each);
  const { undocumented, unseen, violations } = driftReport(operations, counter.take());
  const told = undocumented.map(({ what, operation, name, count }) => [what, operation, name, count].join(' '));
  return { told, unseen: unseen.map((each) => Object.values(each).join(' ')), violations };
}

describe('seen, and not described', () => {
  test.each<[string, SeenExchange, string[]]>([
    ['nothing', seen('GET', '/orders?limit=1&state=open&filter[min]=2&by=at'), []],
    ['a path', seen('GET', '/invoices/17/lines'), ['operation GET /invoices/{}/lines  1']],
    ['a path of names', seen('GET', '/invoices/open'), ['operation GET /invoices/open  1']],
    ['an id of letters', seen('GET', `/x/${'a'.repeat(30)}`), ['operation GET /x/{}  1']],
    ['a method', seen('PATCH', '/orders'), ['operation PATCH /orders  1']],
    ['a parameter', seen('GET', '/orders?debug=s3cr3t&limit=1'), ['query GET /orders debug 1']],
    ['what is no name', seen('GET', '/orders?gh_live_%24%25=1'), ['query GET /orders * 1']],
    ['a status', seen('GET', '/orders', { status: 500 }), ['status GET /orders 500 1']],
    ['a status of a range', seen('GET', '/orders/7', { status: 404 }), []],
    [
      'a content type',
      seen('GET', '/orders', { contentType: 'text/html' }),
      ['content_type GET /orders 200 text/html 1'],
    ],
    ['content where none is described', seen('GET', '/orders/7', { contentType: 'text/html' }), []],
    ['no answer of the service', seen('GET', '/orders', { status: undefined }), []],
  ])('%s', (_what, exchange, told) => expect(reportOf(exchange).told).toEqual(told));

  test('counts add up, the most frequent first', () => {
    const many = Array.from({ length: 3 }, () => seen('GET', '/orders?b=1'));
    expect(reportOf(seen('GET', '/orders?a=1'), ...many).told).toEqual([
      'query GET /orders b 3',
      'query GET /orders a 1',
    ]);
  });
});

test('described, and never seen', () => {
  const { unseen } = reportOf(seen('GET', '/orders?limit=1'), seen('POST', '/orders', { status: 400 }));
  expect(unseen).toContain('operation DELETE /orders/{order-id} ');
  expect(unseen).toContain('query GET /orders state');
  expect(unseen).not.toContain('query GET /orders limit');
  expect(unseen).toContain('status POST /orders 201');
  expect(unseen).not.toContain('status GET /orders 200');
});

test('a document that changed is held against what was seen before', () => {
  const counter = new TrafficCounter();
  counter.count(seen('GET', '/orders?debug=1'));
  const facts = counter.take();
  const other = { name: 'debug', in: 'query' };
  const changed = { ...ORDERS, paths: { '/orders': { get: { ...ORDERS.paths['/orders'].get, parameters: [other] } } } };
  expect(driftReport(operations, facts).undocumented).toHaveLength(1);
  expect(driftReport(compileDocument(described(changed)).operations, facts).undocumented).toEqual([]);
});

test('names that are made up find an end', () => {
  const counter = new TrafficCounter();
  const letters = (index: number) => [...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
  for (let index = 0; index < 3000; index += 1) counter.count(seen('GET', `/${letters(index)}`));
  for (let index = 0; index < 3000; index += 1) {
    counter.count(
      seen('GET', `/orders?${Array.from({ length: 60 }, (_, at) => `n${letters(index * 60 + at)}`).join('&')}`),
    );
  }
  const facts = counter.take();
  expect(facts.filter(({ kind }) => kind === 'unknown_operation')).toHaveLength(500);
  expect(facts.length).toBe(5000);
  expect(counter.take()).toEqual([]);
});

test('what processes counted is added up in the database, each tenant’s by itself', async () => {
  const counts = new TrafficCounter();
  for (const at of [5, 9]) counts.count(seen('GET', '/orders?debug=1', { at, violated: true }));
  const facts = counts.take();
  await Promise.all([writeTraffic(store, facts, 10), writeTraffic(store, facts, 10)]);
  await writeTraffic(
    store,
    facts.map((fact) => ({ ...fact, tenantId: 'ten_b' })),
    10,
  );
  const document = { name: 'orders', spec: described() };
  const drift = await findDrift({ store }, { tenantId: 'ten_a', document });
  expect(drift.undocumented).toEqual([
    { what: 'query', operation: 'GET /orders', name: 'debug', count: 4, lastSeen: 9 },
  ]);
  expect(drift.violations).toEqual([{ operation: 'GET /orders', count: 4, lastSeen: 9 }]);
  // A quarter later nobody asks any more.
  counts.count(seen('DELETE', '/orders/1', { at: 1e10 }));
  await writeTraffic(store, counts.take(), 1e10);
  const kinds = (await readTraffic(store, { tenantId: 'ten_a', document: 'orders' })).map(({ method }) => method);
  expect(new Set(kinds)).toEqual(new Set(['DELETE']));
});

test('a gateway counts what it sees, without the database, and not of strangers', async () => {
  const written: number[] = [];
  const traffic = openApiTraffic({
    clock: fixedClock(),
    log: testLogger(),
    write: async (facts) => void written.push(facts.length),
  });
  const { gateway } = openFixture({
    routes: [
      route('orders', {
        match: { path: '/orders/{rest*}', methods: ['GET'] },
        openapi: { document: 'orders', validate: 'off' },
        authorize: { scopes: ['weather:read'] },
      }),
    ],
    tenant: { documents: [{ name: 'orders', createdAt: 0, spec: described() }] },
    deps: { traffic: traffic.counter },
  });
  const verdict = forwarded(await gateway.handler(head('/orders?debug=1', { credential: KEY })));
  verdict.onResponse?.(200, 'text/html; charset=utf-8');
  verdict.onDone(outcome(200));
  (await gateway.handler(head('/orders/none/such'))).onDone(outcome(401));
  const facts = traffic.counter.take();
  expect(facts.map(({ kind, method, path, name }) => [kind, method, path, name].join(' '))).toEqual([
    'operation GET /orders ',
    'query GET /orders debug',
    'status GET /orders 200',
    'content_type GET /orders 200 text/html',
  ]);
  forwarded(await gateway.handler(head('/orders', { credential: KEY }))).onDone(outcome(200));
  await traffic.close();
  expect(written).toEqual([1]);
});

import { describe, expect, test } from 'vitest';
import type { Hold, Verdict } from '../exchange.ts';
import { forwarded, head, KEY, openFixture, outcome, route, seen } from '../gateway.fixture.ts';
import type { ApiDocumentSpec } from '../openapi/document-spec.ts';
import { described } from './orders.fixture.ts';

const SCOPES = { authorize: { scopes: ['weather:read'] } };

function open(
  openapi: object = {},
  { more = {}, documents = [described()] }: { more?: object; documents?: ApiDocumentSpec[] } = {},
) {
  const orders = route('orders', {
    match: { path: '/orders/{rest*}', methods: ['GET', 'POST', 'PATCH'] },
    openapi: { document: 'orders', ...openapi },
    ...SCOPES,
    ...more,
  });
  const named = documents.map((spec, index) => ({
    name: index === 0 ? 'orders' : `other-${index}`,
    createdAt: 0,
    spec,
  }));
  const fixture = openFixture({ routes: [orders], tenant: { documents: named } });
  const ask = async (target: string, request: Parameters<typeof head>[1] = {}): Promise<Verdict> =>
    fixture.gateway.handler(head(target, { credential: KEY, ...request }));
  return { ...fixture, ask };
}

const JSON_BODY = { method: 'POST', hasBody: true, contentLength: 9, headers: ['content-type', 'application/json'] };
const ORDER = Buffer.from('{"item":"tea","card":"4111111111111111"}');

function held(verdict: Verdict): Hold {
  if (verdict.kind !== 'hold') throw new Error(`not held: ${verdict.kind}`);
  return verdict;
}

describe('enforced', () => {
  test.each<[string, number, string]>([
    ['/orders/7', 0, 'validate: passed'],
    ['/orders/x', 400, 'validate: refused: path order-id must be integer'],
    ['/orders?limit=0&ids=x', 400, 'validate: refused: query limit must be >= 1, and 1 more'],
    ['/orders/7/parts', 404, 'validate: refused: operation_not_described'],
  ])('GET %s is answered %i: %s', async (target, status, notes) => {
    const { ask, records } = open();
    const verdict = await ask(target);
    expect(seen(verdict).status).toBe(status);
    verdict.onDone(outcome(status));
    expect(records[0]).toMatchObject({ notes, ...(status === 0 ? {} : { allowed: false }) });
  });

  test('a method that is not described is told with those that are', async () => {
    const { ask } = open();
    const { status, headers } = seen(await ask('/orders', { method: 'PATCH' }));
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, POST']);
  });

  test('who has no credential hears nothing of it, and who may not, what is wrong', async () => {
    const { ask } = open({}, { more: { authorize: { scopes: ['more'] } } });
    expect(seen(await ask('/orders/x', { credential: undefined })).status).toBe(401);
    expect(seen(await ask('/orders/x')).status).toBe(400);
    expect(seen(await ask('/orders/1')).status).toBe(403);
    // Nobody's body is taken in who may not send it.
    expect(seen(await ask('/orders', JSON_BODY)).status).toBe(403);
  });

  test('a body is asked for, and the request forwarded when it is as described', async () => {
    const { ask, records } = open({ bodyBytesMax: 500 });
    const hold = held(await ask('/orders', JSON_BODY));
    expect(hold.bytesMax).toBe(500);
    const verdict = forwarded(await hold.complete(ORDER));
    verdict.onDone(outcome(201));
    expect(records).toMatchObject([{ status: 201, allowed: true, notes: 'validate: passed' }]);
  });

  test('or refused, and the service never hears of it', async () => {
    const { ask, records } = open();
    const verdict = await held(await ask('/orders', JSON_BODY)).complete(Buffer.from('{"item":""}'));
    const { status, problem } = seen(verdict);
    expect([status, problem.code, problem.errors]).toEqual([
      400,
      'request_invalid',
      [{ in: 'body', pointer: '#', detail: 'must have the field "card"' }],
    ]);
    verdict.onDone(outcome(400));
    expect(records).toMatchObject([{ allowed: false, reason: 'request_invalid' }]);
    expect(records[0]?.upstream).toBeUndefined();
  });

  test.each([
    ['too_large', 413],
    ['no_room', 503],
  ] as const)('a body that is %s is refused with %i', async (why, status) => {
    const { ask } = open();
    expect(seen(await held(await ask('/orders', JSON_BODY)).incomplete(why)).status).toBe(status);
  });

  test.each<[string, object, number, Record<string, string>]>([
    ['of another type', { headers: ['content-type', 'image/png'] }, 415, { accept: /csv/ as never }],
    [
      'compressed',
      { headers: ['content-type', 'application/json', 'content-encoding', 'br'] },
      415,
      { 'accept-encoding': 'identity' },
    ],
    ['none at all', { hasBody: false, headers: [] }, 400, {}],
  ])('a body %s', async (_what, more, status, headers) => {
    const { ask } = open();
    const found = seen(await ask('/orders', { ...JSON_BODY, ...more }));
    expect(found.status).toBe(status);
    for (const [name, value] of Object.entries(headers)) expect(found.headers[name]).toMatch(value);
  });

  test('a caller who leaves while his body comes is recorded once', async () => {
    const { ask, records } = open();
    const hold = held(await ask('/orders', JSON_BODY));
    hold.onDone(outcome(499, { aborted: true }));
    forwarded(await hold.complete(ORDER));
    expect(records).toMatchObject([{ status: 499 }]);
  });
});

describe('reported', () => {
  test.each(['/orders/x', '/orders/7/parts', '/orders?limit=0'])('%s passes, and the record tells', async (target) => {
    const { ask, records } = open({ validate: 'report' });
    const verdict = forwarded(await ask(target));
    verdict.onDone(outcome(200));
    expect(records).toMatchObject([{ allowed: true, notes: expect.stringMatching(/^validate: would be refused: /) }]);
  });

  test('so does a body, whatever it is', async () => {
    const { ask } = open({ validate: 'report' });
    forwarded(await held(await ask('/orders', JSON_BODY)).complete(Buffer.from('{')));
    forwarded(await held(await ask('/orders', JSON_BODY)).incomplete('too_large'));
    forwarded(await ask('/orders', { ...JSON_BODY, headers: ['content-type', 'image/png'] }));
  });
});

test('not looked at', async () => {
  const { ask, records } = open({ validate: 'off' });
  const verdict = forwarded(await ask('/orders/x', { method: 'POST', hasBody: true }));
  verdict.onDone(outcome(200));
  expect(records[0]?.notes).toBeUndefined();
});

test('a route whose description is gone or can not be used is closed', async () => {
  expect(seen(await open({}, { documents: [] }).ask('/orders/7')).status).toBe(503);
  expect(seen(await open({}, { documents: [described({ openapi: '2.0' })] }).ask('/orders/7')).status).toBe(503);
});

test('another description takes effect with the next request', async () => {
  const { ask, configuration, changed } = open();
  expect(seen(await ask('/orders/7')).status).toBe(0);
  const [tenant] = configuration.tenants;
  if (tenant === undefined) throw new Error('no tenant');
  const spec = described({ openapi: '3.1.0', paths: { '/orders': { get: {} } } });
  configuration.tenants = [{ ...tenant, documents: [{ name: 'orders', createdAt: 0, spec }] }];
  changed();
  expect(seen(await ask('/orders/7')).status).toBe(404);
});

test('a proxy that asks has no body to show', async () => {
  const { gateway } = open();
  const check = async (request: object) => gateway.check(head('/orders', { credential: KEY, ...request }));
  expect((await check({ method: 'POST', headers: ['content-type', 'application/json'] })).status).toBe(200);
  expect((await check({ headers: ['x-tenant', 'ACME'] })).status).toBe(400);
});

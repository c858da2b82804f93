import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestControlServer, type TestControlServer } from '../control-server.fixture.ts';
import { adminCalls } from './admin-calls.fixture.ts';

let here: TestControlServer;
const { call, outcome } = adminCalls(() => here);

beforeAll(async () => {
  here = await openTestControlServer();
  for (const name of ['gold', 'trial']) {
    await call({ method: 'PUT', url: `/plans/${name}`, payload: { spec: { limits: [{ requests: 10, per: 'day' }] } } });
    for (const at of [1, 2])
      await call({ method: 'POST', url: '/keys', payload: { name: `${name} ${at}`, plan: name } });
  }
});
afterAll(() => here.close());

it('lists the keys of a plan, page by page', async () => {
  const listed = (await call({ url: '/keys?plan=gold' })).json();
  // Made within one millisecond of the test's clock: which is the newer nobody knows.
  const names = listed.items.map(({ name }: { name: string }) => name);
  expect(names.toSorted()).toEqual(['gold 1', 'gold 2']);
  const page = (await call({ url: '/keys?plan=gold&limit=1' })).json();
  expect(page.items).toHaveLength(1);
  const next = (await call({ url: `/keys?plan=gold&limit=1&cursor=${page.nextCursor}` })).json();
  expect([...page.items, ...next.items].map(({ name }: { name: string }) => name)).toEqual(names);
  expect((await call({ url: '/keys?plan=unknown' })).json().items).toEqual([]);
});

it.each(['gold', 'plan/', 'plan/gold/x', 'Plan/gold', '/gold'])('says what is wrong with %j', async (target) => {
  expect(await outcome({ url: `/organizations?refersTo=${encodeURIComponent(target)}` })).toBe('400 invalid_input');
});

it('lists nothing that refers to nobody', async () => {
  expect((await call({ url: '/organizations?refersTo=plan/gold' })).json()).toEqual({ items: [], nextCursor: null });
});

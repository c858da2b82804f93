import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestControlServer, type TestControlServer } from '../control-server.fixture.ts';
import { adminCalls } from './admin-calls.fixture.ts';

let here: TestControlServer;
beforeAll(async () => {
  here = await openTestControlServer();
});
afterAll(() => here.close());

const { call, outcome } = adminCalls(() => here);
const NO_KEY = 'gh_live_000000000000000000000000000000000';
const report = (payload: object, as = 'administrator') => ({
  method: 'POST' as const,
  url: '/leaks',
  payload: { key: NO_KEY, ...payload },
  as,
});

test('a key that is found is ended, and its place is written down', async () => {
  const issued = await call({ method: 'POST', url: '/keys', payload: { name: 'found' } });
  const { id, key } = issued.json();
  const found = { key, source: 'nightly', file: 'acme/shop: config/.env' };
  expect((await call(report(found))).json()).toEqual({ outcome: 'revoked', keyId: id });
  expect((await call(report(found))).json()).toEqual({ outcome: 'ended', keyId: id });
  const { items } = (await call({ url: `/audit/events?type=api_key.leaked&targetId=${id}` })).json();
  expect(items).toMatchObject([{ detail: { source: 'nightly', file: 'acme/shop: config/.env', response: 'revoke' } }]);
});

test.for<[why: string, payload: object, expected: string, as?: string]>([
  ['no key of ours', {}, '200'],
  ['an address that is no web page', { url: 'file:///etc/passwd' }, '400 invalid_input'],
  ['a file with a line feed in its name', { file: 'a\nb' }, '400 invalid_input'],
  ['a file without a name', { file: '' }, '400 invalid_input'],
  ['a file with too long a name', { file: 'a'.repeat(1025) }, '400 invalid_input'],
  ['a source that is no word', { source: 'My Scanner' }, '400 invalid_input'],
  ['something else', { place: 'a' }, '400 invalid_input'],
  ['somebody who may not', {}, '403 permission_missing', 'viewer'],
])('a report: %s', async ([, payload, expected, as]) => {
  expect(await outcome(report(payload, as))).toBe(expected);
});

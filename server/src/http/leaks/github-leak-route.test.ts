import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyPolicyKind, openGitHubReports } from '#apikeys';
import { DEFAULT_TENANT_ID, type SafeFetch } from '#base';
import { applyResources, kindRegistry, readPlainDocuments, systemCaller } from '#resources';
import type { Store } from '#store';
import { fixedClock, seededRandom } from '#testing';
import { openTestControlServer, type TestControlServer } from '../control-server.fixture.ts';
import { githubLeakRoute } from './github-leak-route.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEYS = { public_keys: [{ key_identifier: 'one', key: publicKey.export({ type: 'spki', format: 'pem' }) }] };
const fetchKeys: SafeFetch = async (url) => ({
  status: 200,
  headers: {},
  body: Buffer.from(JSON.stringify(KEYS)),
  url,
});
const clock = fixedClock();
const random = seededRandom('reports');

let control: TestControlServer;
let store: Pick<Store, 'transaction'> | undefined;
beforeAll(async () => {
  control = await openTestControlServer({
    plugins: (opened) => {
      store = opened;
      return [
        githubLeakRoute({
          leaks: {
            ...{ store: opened, clock, random },
            keyring: { mac: (purpose, data) => createHmac('sha256', purpose).update(data).digest() },
            mailer: { queue: async () => 'queued', request: async () => undefined },
            mailAddressOf: async () => undefined,
          },
          reports: openGitHubReports({ fetch: fetchKeys, clock }),
          keyPolicy: () => ({ secretScanning: { githubKeysUrl: 'https://api.github.test/keys' } }),
        }),
      ];
    },
  });
  if (store === undefined) throw new Error('there is no store');
  await applyResources(
    { store, clock, random },
    {
      caller: systemCaller(DEFAULT_TENANT_ID, 'test'),
      documents: readPlainDocuments(kindRegistry([keyPolicyKind]), [
        { kind: 'key_policy', name: 'default', spec: { leaked: 'quarantine' } },
      ]),
    },
  );
});
afterAll(() => control?.close());

const admin = (url: string, payload: object = {}) =>
  control.server.inject({ method: 'POST', url, payload, headers: { authorization: 'Bearer administrator' } });

async function report(findings: readonly object[], signed: readonly object[] = findings) {
  const payload = JSON.stringify(findings);
  const response = await control.server.inject({
    method: 'POST',
    url: '/leaks/github',
    payload,
    headers: {
      'content-type': 'application/json',
      'github-public-key-identifier': 'one',
      'github-public-key-signature': sign('sha256', Buffer.from(JSON.stringify(signed)), privateKey).toString('base64'),
    },
  });
  return { status: response.statusCode, body: response.json() };
}

async function issue() {
  const { key, id } = (await admin('/api/v1/keys', { name: 'found', scopes: ['weather:read'] })).json<{
    key: string;
    id: string;
  }>();
  const state = async () => {
    const url = `/api/v1/keys/${id}`;
    const found = await control.server.inject({ url, headers: { authorization: 'Bearer administrator' } });
    return found.json<{ quarantinedAt: number | null }>().quarantinedAt === null ? 'good' : 'aside';
  };
  return { key, id, state, release: () => admin(`/api/v1/keys/${id}/release`, { reason: 'an example' }) };
}
const finding = (token: string, url: string) => ({ token, type: 'gatehouse_api_key', url, source: 'content' });

test.each([
  ['names a page', 'https://github.test/x'],
  ['names none', ''],
])('a report that %s sets a key aside, and when it comes again after the release it does not', async (_, url) => {
  const { key, state, release } = await issue();
  const [found, other] = [finding(key, url), finding('gh_live_nobody', url)];
  const answers = [
    { token_hash: createHash('sha256').update(key).digest('base64'), token_type: found.type, label: 'true_positive' },
    { ...{ token_hash: expect.any(String), token_type: found.type }, label: 'false_positive' },
  ];
  expect(await report([found, other])).toEqual({ status: 200, body: answers });
  expect(await state()).toBe('aside');
  await release();
  expect(await report([found, other])).toEqual({ status: 200, body: answers });
  expect(await state()).toBe('good');
  await report([finding(key, 'https://github.test/elsewhere')]);
  expect(await state()).toBe('aside');
});

test('403: a report that somebody else wrote; and it changes nothing', async () => {
  const { key, state } = await issue();
  const { status, body } = await report([finding(key, 'https://github.test/x')], []);
  expect([status, body.code]).toEqual([403, 'leak_report_unsigned']);
  expect(await state()).toBe('good');
});

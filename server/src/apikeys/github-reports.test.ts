import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { SafeFetch } from '#base';
import { fixedClock } from '#testing';
import { openGitHubReports } from './github-reports.ts';

const URL = 'https://api.github.test/keys';
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const published = (...keys: [string, string][]) =>
  JSON.stringify({ public_keys: keys.map(([key_identifier, key]) => ({ key_identifier, key, is_current: true })) });

const FINDINGS = [{ token: 'gh_live_x', type: 'gatehouse_api_key', url: 'https://github.test/x', source: 'content' }];
const bodyOf = (value: unknown) => Buffer.from(JSON.stringify(value));

function reader(answer = published(['one', pem(publicKey)]), status = 200) {
  const clock = fixedClock();
  const state = { asked: 0, answer, status };
  const fetch: SafeFetch = async (url) => {
    state.asked += 1;
    return { status: state.status, headers: {}, body: Buffer.from(state.answer), url };
  };
  const reports = openGitHubReports({ fetch, clock });
  const read = (value: unknown, { key = privateKey, keyIdentifier = 'one', signed = value } = {}) =>
    reports.read(
      { body: bodyOf(value), keyIdentifier, signature: sign('sha256', bodyOf(signed), key).toString('base64') },
      URL,
    );
  return { clock, state, reports, read };
}

test('a signed report is read, and the keys are asked for once', async () => {
  const { read, state } = reader();
  expect(await read(FINDINGS)).toEqual(FINDINGS);
  expect(await read(FINDINGS)).toEqual(FINDINGS);
  expect(state.asked).toBe(1);
});

/** What GitHub itself signed: the samples in its documents for partners, with the key and signature as published there. */
const SAMPLES = [
  {
    keyIdentifier: 'bcb53661c06b4728e59d897fb6165d5c9cda0fd9cdf9d09ead458168deb7518c',
    key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYAGMWO8XgCamYKMJS6jc/qgvSlAdAjPuDPRcXU22YxgBrz+zoN19MzuRyW87qEt9/AmtoNP5GrobzUvQSyJFVw==',
    signature: 'MEQCIQDaMKqrGnE27S0kgMrEK0eYBmyG0LeZismAEz/BgZyt7AIfXt9fErtRS4XaeSt/AO1RtBY66YcAdjxji410VQV4xg==',
    text: '[{"source":"commit","token":"some_token","type":"some_type","url":"https://example.com/base-repo-url/"}]',
  },
  {
    keyIdentifier: 'f9525bf080f75b3506ca1ead061add62b8633a346606dc5fe544e29231c6ee0d',
    key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsz9ugWDj5jK5ELBK42ynytbo38gPHzZFI03Exwz8Lh/tCfL3YxwMdLjB+bMznsanlhK0RwcGP3IDb34kQDIo3Q==',
    signature: 'MEUCIFLZzeK++IhS+y276SRk2Pe5LfDrfvTXu6iwKKcFGCrvAiEAhHN2kDOhy2I6eGkOFmxNkOJ+L2y8oQ9A2T9GGJo6WJY=',
    text: '[{"token":"some_token","type":"some_type","url":"some_url","source":"some_source"}]',
  },
];

test.each(SAMPLES)(
  'a report that GitHub signed with $keyIdentifier',
  async ({ keyIdentifier, key, signature, text }) => {
    const lines = key.match(/.{1,64}/g)?.join('\n') ?? '';
    const { reports } = reader(
      published([keyIdentifier, `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----`]),
    );
    const read = (body: string) => reports.read({ body: Buffer.from(body), keyIdentifier, signature }, URL);
    expect(await read(text)).toEqual(JSON.parse(text));
    // One space more is another text, and whoever signs what he has parsed would not notice.
    for (const changed of [`${text}\n`, text.replace(',', ', '), text.replace('some_token', 'other_token')])
      await expect(read(changed)).rejects.toMatchObject({ code: 'leak_report_unsigned' });
  },
);

describe('refused as unsigned', () => {
  test.for([
    ['another body than was signed', { signed: [] }],
    ['another key', { key: other.privateKey }],
    ['a key that is not published', { keyIdentifier: 'two' }],
    ['a key of another kind under a published name', { key: rsa.privateKey, keyIdentifier: 'rsa' }],
    ['no name of a key', { keyIdentifier: '' }],
  ] as const)('%s', async ([, how]) => {
    const { read } = reader(published(['one', pem(publicKey)], ['rsa', pem(rsa.publicKey)], ['junk', 'no key']));
    await expect(read(FINDINGS, how as object)).rejects.toMatchObject({ code: 'leak_report_unsigned' });
  });

  test.for(['', '!!!', 'AAAA', 'A'.repeat(1000), undefined])('the signature %j', async (signature) => {
    const { reports } = reader();
    await expect(reports.read({ body: bodyOf(FINDINGS), keyIdentifier: 'one', signature }, URL)).rejects.toMatchObject({
      code: 'leak_report_unsigned',
    });
  });
});

test.for([
  ['no list', {}],
  ['an empty list', []],
  ['a finding without a token', [{ type: 'x', url: '', source: '' }]],
  ['a token that is none', [{ token: 7, type: 'x' }]],
  ['a token without an end', [{ token: 'x'.repeat(20_000), type: 'x' }]],
  ['too many', Array.from({ length: 1001 }, () => FINDINGS[0])],
] as const)('signed, but malformed: %s', async ([, value]) => {
  await expect(reader().read(value)).rejects.toMatchObject({ code: 'leak_report_malformed' });
});

describe('keys that can’t be had', () => {
  test.for([
    ['an error', '', 500],
    ['no JSON', '<html>', 200],
    ['another JSON', '{"keys":[]}', 200],
  ] as const)('%s: try again later', async ([, answer, status]) => {
    await expect(reader(answer, status).read(FINDINGS)).rejects.toMatchObject({ code: 'leak_report_keys_unavailable' });
  });

  test('a flood of made-up names asks once a minute', async () => {
    const { read, state, clock } = reader();
    await read(FINDINGS);
    for (let n = 0; n < 20; n += 1) await read(FINDINGS, { keyIdentifier: `made-up-${n}` }).catch(() => undefined);
    expect(state.asked).toBe(1);
    clock.advance(60_000);
    state.answer = published(['one', pem(publicKey)], ['two', pem(other.publicKey)]);
    expect(await read(FINDINGS, { key: other.privateKey, keyIdentifier: 'two' })).toEqual(FINDINGS);
    expect(state.asked).toBe(2);
  });

  test('whoever publishes them is away: a flood of reports asks once a minute, and none is refused for good', async () => {
    const { read, state, clock } = reader('', 503);
    for (let n = 0; n < 20; n += 1)
      await expect(read(FINDINGS)).rejects.toMatchObject({ code: 'leak_report_keys_unavailable' });
    expect(state.asked).toBe(1);
    clock.advance(60_000);
    Object.assign(state, { status: 200, answer: published(['one', pem(publicKey)]) });
    expect(await read(FINDINGS)).toEqual(FINDINGS);
    state.status = 503;
    clock.advance(24 * 3_600_000);
    for (let n = 0; n < 3; n += 1)
      await expect(read(FINDINGS)).rejects.toMatchObject({ code: 'leak_report_keys_unavailable' });
    expect(state.asked).toBe(3);
  });

  test('another address is asked at once, also while the first keeps us waiting', async () => {
    const clock = fixedClock();
    const slow = Promise.withResolvers<void>();
    const fetch: SafeFetch = async (url) => {
      if (url === URL) await slow.promise;
      return { status: 200, headers: {}, body: Buffer.from(published(['one', pem(publicKey)])), url };
    };
    const reports = openGitHubReports({ fetch, clock });
    const body = bodyOf(FINDINGS);
    const report = { body, keyIdentifier: 'one', signature: sign('sha256', body, privateKey).toString('base64') };
    const first = reports.read(report, URL);
    expect(await reports.read(report, 'https://other.github.test/keys')).toEqual(FINDINGS);
    slow.resolve();
    expect(await first).toEqual(FINDINGS);
  });

  test('a key that is withdrawn is believed for a day at most', async () => {
    const { read, state, clock } = reader();
    await read(FINDINGS);
    state.answer = published(['two', pem(other.publicKey)]);
    clock.advance(24 * 3_600_000);
    await expect(read(FINDINGS)).rejects.toMatchObject({ code: 'leak_report_unsigned' });
  });
});

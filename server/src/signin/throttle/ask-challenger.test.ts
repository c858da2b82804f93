import { expect, test } from 'vitest';
import type { SafeFetch } from '#base';
import { askChallenger } from './ask-challenger.ts';

const ASKED = { tenantId: 'ten_1', network: '198.51.100.0/24', suspicion: 'many_accounts' } as const;
const URL = 'https://challenge.example.com/verdict';

function open(answer: { status?: number; body: string } | Error, url = URL) {
  const sent: { target: string; body: unknown }[] = [];
  const warned: unknown[] = [];
  let otherwise = 0;
  const fetch: SafeFetch = async (target, options) => {
    sent.push({ target, body: JSON.parse(String(options?.body)) });
    if (answer instanceof Error) throw answer;
    return { status: answer.status ?? 200, headers: {}, body: Buffer.from(answer.body), url: target };
  };
  const challenge = askChallenger({
    fetch,
    log: { warn: (line: unknown) => void warned.push(line) },
    urlOf: () => (url === '' ? undefined : url),
    otherwise: {
      demand: async () => {
        otherwise += 1;
        return { passed: true };
      },
    },
  });
  return { challenge, sent, warned, otherwise: () => otherwise };
}

test.each([true, false])('what the service says counts: %s', async (passed) => {
  const { challenge, sent, otherwise } = open({ body: JSON.stringify({ passed, score: 0.3 }) });
  expect(await challenge.demand(ASKED)).toEqual({ passed });
  expect(otherwise()).toBe(0);
  // The network and the reason; no name and no address of a person.
  expect(sent).toEqual([{ target: URL, body: ASKED }]);
});

test.each([
  ['is down', new Error('refused')],
  ['answers 500', { status: 500, body: '{"passed":true}' }],
  ['sends elsewhere', { status: 302, body: '' }],
  ['answers something else', { body: '<html>' }],
  ['says neither', { body: '{"passed":"yes"}' }],
])('one that %s: as if there were none, and the log says so', async (_, answer) => {
  const { challenge, warned, otherwise } = open(answer);
  expect(await challenge.demand(ASKED)).toEqual({ passed: true });
  expect([otherwise(), warned.length]).toEqual([1, 1]);
});

test('without a service nobody is asked', async () => {
  const { challenge, sent, otherwise } = open({ body: '{"passed":false}' }, '');
  expect(await challenge.demand(ASKED)).toEqual({ passed: true });
  expect([sent, otherwise()]).toEqual([[], 1]);
});

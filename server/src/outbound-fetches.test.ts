import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outboundFetches, signInFetch, webhookFetch } from './outbound-fetches.ts';

const inside = createServer((_, answer) => answer.end('inside'));
let address: string;
beforeAll(async () => {
  await new Promise<void>((listening) => inside.listen(0, '127.0.0.1', listening));
  address = `http://127.0.0.1:${(inside.address() as AddressInfo).port}/`;
});
afterAll(() => inside.close());

const PURPOSES = ['clients', 'issuers', 'backChannel', 'webhooks', 'signIn'] as const;
const closed = { clients: [], issuers: [], backChannel: [], webhooks: [], signIn: [] };
const REFUSED = 'fetch_refused';

async function reached(opened: object) {
  const outbound = { ...closed, ...opened };
  const fetches = { ...outboundFetches(outbound), webhooks: webhookFetch(outbound), signIn: signInFetch(outbound) };
  const answers = PURPOSES.map((purpose) =>
    fetches[purpose](address).then(
      ({ body }) => body.toString(),
      ({ code }: { code: string }) => code,
    ),
  );
  return Promise.all(answers);
}

describe('an address inside is reached', () => {
  test.each([
    ['by nobody, unless said otherwise', {}, PURPOSES.map(() => REFUSED)],
    ['for clients alone', { clients: ['127.0.0.0/8'] }, ['inside', REFUSED, REFUSED, REFUSED, REFUSED]],
    ['for issuers alone', { issuers: ['127.0.0.0/8'] }, [REFUSED, 'inside', REFUSED, REFUSED, REFUSED]],
    ['by the back channel alone', { backChannel: ['127.0.0.1/32'] }, [REFUSED, REFUSED, 'inside', REFUSED, REFUSED]],
    ['by webhooks alone', { webhooks: ['127.0.0.1/32'] }, [REFUSED, REFUSED, REFUSED, 'inside', REFUSED]],
    ['for sign-ins alone', { signIn: ['127.0.0.1/32'] }, [REFUSED, REFUSED, REFUSED, REFUSED, 'inside']],
    ['by nobody to whom another network is open', { clients: ['10.0.0.0/8'] }, PURPOSES.map(() => REFUSED)],
  ])('%s', async (_, opened, answers) => {
    expect(await reached(opened)).toEqual(answers);
  });
});

test('authorities that can’t be read are told of at the start', () => {
  expect(() => outboundFetches({ ...closed, authorities: '/nowhere/own.pem' })).toThrow(
    expect.objectContaining({ code: 'configuration_invalid', message: expect.stringContaining('/nowhere/own.pem') }),
  );
});

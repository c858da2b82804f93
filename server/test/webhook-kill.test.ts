/** kill -9 while webhooks are on their way: each message arrives, and a second copy has the same id and body. */
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Program, startProgram } from './running-program.ts';
import { signatureOf, startReceiver } from './webhook-receiver.ts';

const KEYS = 12;
const outbound = { webhooks: ['127.0.0.1/32'] };

/** While it holds, a message is read and never answered: nobody knows whether it has arrived. */
let holding = true;
const held: ServerResponse[] = [];
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let program: Program;

beforeAll(async () => {
  receiver = await startReceiver((response) => {
    if (holding) held.push(response);
    else response.writeHead(200).end();
  });
  program = await startProgram({ outbound });
});
afterAll(async () => {
  await program?.remove();
  receiver?.close();
});

test('nothing is lost, and what was committed before the end is told after it', { timeout: 90_000 }, async () => {
  await program.admin('PUT', '/webhooks/alerts', { spec: { url: receiver.url, events: ['api_key.issued'] } });
  const { secret } = await program.admin('POST', '/webhooks/alerts/secrets', {});
  const first = await program.issueKey();
  await program.until(() => held.length > 0, 'a message is on its way');
  // Committed, and most likely not followed yet when the process ends.
  const more = await Promise.all(Array.from({ length: KEYS - 1 }, () => program.issueKey()));
  const { folder, ports } = program;
  program.kill('SIGKILL');
  await program.ended();
  holding = false;
  program = await startProgram({ folder, ports, outbound });
  const told = () => new Set(receiver.messages.map(({ body }) => String(JSON.parse(body).data.target.id)));
  await program.until(() => told().size === KEYS, 'every message has arrived');
  expect(told()).toEqual(new Set([first, ...more].map(({ id }) => id)));
  const byId = Map.groupBy(receiver.messages, ({ id }) => id);
  expect(byId.size).toBe(KEYS);
  for (const copies of byId.values()) expect(new Set(copies.map(({ body }) => body)).size).toBe(1);
  expect([...byId.values()].some((copies) => copies.length > 1)).toBe(true);
  for (const message of receiver.messages) {
    expect(message.signatures).toEqual([signatureOf(message, String(secret))]);
  }
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestControlServer, type TestControlServer } from '../control-server.fixture.ts';

/** Policies made to keep the parser and the compiler busy, by whoever may try some out: refused or tried, soon. */
let here: TestControlServer;
let url: string;
beforeAll(async () => {
  here = await openTestControlServer();
  url = await here.server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => here?.close());

async function replay(policies: readonly { name: string; cedar: string }[]) {
  const begun = process.cpuUsage();
  const response = await fetch(`${url}/api/v1/policy-versions/replay`, {
    method: 'POST',
    headers: { authorization: 'Bearer administrator', 'content-type': 'application/json' },
    body: JSON.stringify({ policies: policies.map(({ name, cedar }) => ({ name, spec: { cedar } })), only: true }),
  });
  const text = await response.text();
  // Of the processor, in microseconds: how busy the machine is with other work says nothing.
  expect(process.cpuUsage(begun).user).toBeLessThan(4_000_000);
  return { status: response.status, text };
}

const LENGTH = 65_000;
const fill = (unit: string, end = '') => unit.repeat(Math.floor((LENGTH - end.length) / unit.length)) + end;
const few = (unit: string, end = '') => fill(unit, end).slice(unit.length * Math.ceil(200 / unit.length));
const when = (condition: string) => `permit(principal, action, resource) when { ${condition} };`;

test.each([
  ['brackets 100 deep', when(`${'('.repeat(100)}true${')'.repeat(100)}`), /nested more than 64 levels/],
  ['brackets never closed', fill('(['), /nested more than 64 levels/],
  ['records 100 deep', when(`${'{a: '.repeat(100)}1${'}'.repeat(100)} == 1`), /nested more than 64 levels/],
  ['a string never closed, of quotes', `"${fill('\\"')}`, /invalid token/],
  ['a string never closed, that ends in a backslash', `"${fill('x')}\\`, /invalid token/],
  ['thousands of `||`', when(few('true||', 'true')), /nested too deeply/],
  ['thousands of `+`', when(`${few('1+', '1')} == 1`), /nested too deeply/],
  ['thousands of attributes', when(`context${'.a'.repeat(30_000)} == 1`), /nested too deeply|invalid|unexpected/],
  ['thousands of `if`', when(few('if true then true else ', 'true')), /nested too deeply/],
  ['thousands of `!`', when(few('!', 'true')), /too many occurrences/],
  ['a number of 65,000 digits', when(`${few('9')} == 1`), /too large/],
  ['more than 64 KiB', ' '.repeat(66_000) + when('true'), /65536/],
])('%s: refused', async (_, cedar, message) => {
  const { status, text } = await replay([{ name: 'hostile', cedar }]);
  expect(status).toBe(400);
  expect(text).toMatch(message);
});

test.each([
  ['a list of thousands', when(`principal in [${'Role::"a",'.repeat(6_000)}Role::"b"]`)],
  ['thousands of stars', when(`"a" like "${'*a'.repeat(30_000)}"`)],
  ['two thousand `&&`', when(`${'true && '.repeat(2_000)}true`)],
  ['thousands of policies', 'permit(principal,action,resource);'.repeat(1_900)],
])('%s: tried', async (_, cedar) => {
  expect((await replay([{ name: 'large', cedar }])).status).toBe(200);
});

test('more than a thousand policies are refused at once', async () => {
  const policies = Array.from({ length: 1_001 }, (_, index) => ({ name: `p${index}`, cedar: when('true') }));
  expect((await replay(policies)).status).toBe(400);
});

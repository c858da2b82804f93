import { expect, test } from 'vitest';
import { openLanes } from './lanes.ts';
import type { Due } from './take-turns.ts';

const due = (webhook: string, organization: string | null = null): Due => ({
  tenant_id: 'ten_a',
  webhook,
  organization_id: organization,
});
const many = (count: number, organization: string) =>
  Array.from({ length: count }, (_, index) => due(`${organization}--${index}`, organization));

/** Turns that end when they are told to. */
function open() {
  const turns: { webhook: string; end: () => void }[] = [];
  const lanes = openLanes(
    ({ webhook }) => new Promise<void>((end) => void turns.push({ webhook, end })),
    () => undefined,
  );
  return {
    ...lanes,
    turns,
    async end(webhook: string) {
      const at = turns.findIndex((turn) => turn.webhook === webhook);
      turns.splice(at, 1)[0]?.end();
      await new Promise(setImmediate);
    },
  };
}

test('a webhook has one lane, however often it is due', () => {
  const lanes = open();
  expect([lanes.begin([due('slow'), due('quick')]), lanes.begin([due('slow'), due('quick')])]).toEqual([2, 0]);
});

test('who owns many slow ones leaves lanes to others', async () => {
  const lanes = open();
  lanes.begin(many(100, 'acme'));
  expect(lanes.turns).toHaveLength(8);
  lanes.begin([...many(100, 'acme'), ...many(100, 'bolt'), due('alerts')]);
  expect(lanes.turns.filter(({ webhook }) => webhook.startsWith('bolt'))).toHaveLength(8);
  expect(lanes.turns.map(({ webhook }) => webhook)).toContain('alerts');
});

test('never more than thirty-two', () => {
  const lanes = open();
  lanes.begin(['a', 'b', 'c', 'd', 'e', 'f'].flatMap((owner) => many(20, owner)));
  expect(lanes.turns).toHaveLength(32);
});

test('whoever waited longest comes first', async () => {
  const lanes = open();
  const all = many(9, 'acme');
  lanes.begin(all);
  await lanes.end('acme--0');
  lanes.begin(all);
  expect(lanes.turns.map(({ webhook }) => webhook)).toContain('acme--8');
  await lanes.end('acme--1');
  lanes.begin(all);
  expect(lanes.turns.map(({ webhook }) => webhook)).toContain('acme--0');
});

test('it is idle when every turn is over', async () => {
  const lanes = open();
  lanes.begin([due('one')]);
  let isIdle = false;
  const idle = lanes.idle().then(() => {
    isIdle = true;
  });
  await new Promise(setImmediate);
  expect(isIdle).toBe(false);
  await lanes.end('one');
  await idle;
  expect(isIdle).toBe(true);
});

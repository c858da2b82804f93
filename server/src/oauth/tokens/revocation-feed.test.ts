import { describe, expect, test } from 'vitest';
import { type FeedEntry, RevocationFeed } from './revocation-feed.ts';

const entry = (id: string, more: Partial<FeedEntry> = {}): FeedEntry => ({
  tenantId: 'ten_1',
  kind: 'jti',
  id,
  beforeAt: 10,
  expiresAt: 1_000,
  ...more,
});
const ids = (feed: RevocationFeed, cursor?: string, tenantId = 'ten_1') =>
  feed.read(tenantId, cursor).entries.map(({ id }) => id);

describe('reading', () => {
  test('goes on from where it was', () => {
    const feed = new RevocationFeed('run');
    feed.publish(entry('a'));
    const { cursor } = feed.read('ten_1', undefined);
    expect(ids(feed, cursor)).toEqual([]);
    feed.publish(entry('b'));
    expect(ids(feed, cursor)).toEqual(['b']);
    expect(ids(feed)).toEqual(['a', 'b']);
  });

  test.each(['other.1', 'run.99', 'run.-1', 'run.1e3', 'run', '', 'run.1.1.1x', '.', 'run.01x'])(
    'a cursor that is not of this run (%j) is told everything',
    (cursor) => {
      const feed = new RevocationFeed('run');
      feed.publish(entry('a'));
      expect(ids(feed, cursor)).toEqual(cursor === 'run.1.1.1x' ? [] : ['a']);
    },
  );

  test('of other tenants nothing is told', () => {
    const feed = new RevocationFeed('run');
    feed.publish(entry('a', { tenantId: 'ten_2' }));
    expect(ids(feed)).toEqual([]);
    expect(ids(feed, undefined, 'ten_2')).toEqual(['a']);
  });

  test('comes in pages, none left out and none told twice, whoever else is in between', () => {
    const feed = new RevocationFeed('run');
    for (let index = 0; index < 12_345; index += 1) {
      feed.publish(entry(`r${index}`, index % 3 === 0 ? { tenantId: 'ten_2' } : {}));
    }
    const told: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    for (let more = true; more; pages += 1) {
      const page = feed.read('ten_1', cursor);
      expect(page.entries.length).toBeLessThanOrEqual(5_000);
      told.push(...page.entries.map(({ id }) => id));
      ({ cursor, more } = page);
    }
    expect(pages).toBe(2);
    expect(told).toEqual(
      Array.from({ length: 12_345 }, (_, index) => `r${index}`).filter((_, index) => index % 3 !== 0),
    );
  });

  test('what concerns no token any more is dropped, and cursors stay good', () => {
    const feed = new RevocationFeed('run');
    for (let index = 0; index < 2_000; index += 1) feed.publish(entry(`r${index}`, { expiresAt: index }));
    const { cursor } = feed.read('ten_1', undefined);
    feed.expire(1_990);
    expect(ids(feed)).toHaveLength(9);
    feed.publish(entry('new'));
    expect(ids(feed, cursor)).toEqual(['new']);
  });
});

describe('waiting', () => {
  test('ends with the next revocation of this tenant, and not with that of another', async () => {
    const feed = new RevocationFeed('run');
    let ended = false;
    const waiting = feed.waitForMore('ten_1', 60_000).then(() => {
      ended = true;
    });
    feed.publish(entry('a', { tenantId: 'ten_2' }));
    await Promise.resolve();
    expect(ended).toBe(false);
    feed.publish(entry('b'));
    await waiting;
  });

  test('ends when the process stops, and from then on nobody waits', async () => {
    const feed = new RevocationFeed('run');
    const waiting = feed.waitForMore('ten_1', 60_000);
    feed.close();
    await waiting;
    await feed.waitForMore('ten_1', 60_000);
  });

  test('more than can be held open are answered at once', async () => {
    const feed = new RevocationFeed('run');
    const held = Array.from({ length: 5_000 }, () => feed.waitForMore('ten_1', 60_000));
    await feed.waitForMore('ten_1', 60_000);
    feed.close();
    await Promise.all(held);
  });
});

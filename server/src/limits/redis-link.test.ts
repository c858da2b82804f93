import { connect, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type RedisUnderTest, redisProgram, startRedis, testLogger } from '#testing';
import { openRedisLink, type RedisLink } from './redis-link.ts';
import { SCRIPTS, TELL } from './redis-scripts.ts';

/** A Redis that is there, and does not do what it should. */

let redis: RedisUnderTest;
const closing: (() => unknown)[] = [];
beforeAll(async () => {
  if (redisProgram !== undefined) redis = await startRedis();
});
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});
afterAll(() => redis?.close());

async function open(url: string, timeoutMilliseconds = 1_000): Promise<RedisLink> {
  const link = await openRedisLink({ url, timeoutMilliseconds, log: testLogger() });
  closing.push(() => link.close());
  await vi.waitUntil(() => link.usable);
  return link;
}

const tell = (link: RedisLink) => link.run(TELL, ['key'], ['p1', 1_000, 1, 0, 0]);
const told = (link: RedisLink) =>
  tell(link).then(
    () => 'told',
    (error: Error) => error.message.slice(0, 8),
  );

/** As people write them (an inline command). @returns the first line of its answer. */
function command(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(redis.url).port), '127.0.0.1', () => socket.write(`${text}\r\n`));
    socket.once('data', (answer) => {
      socket.destroy();
      resolve(String(answer).trim());
    });
    socket.once('error', reject);
  });
}

describe.skipIf(redisProgram === undefined)('a link', () => {
  test('has its scripts known before it is used, and makes do where somebody took them away', async () => {
    const link = await open(redis.url);
    expect(await command(`SCRIPT EXISTS ${SCRIPTS.map(({ sha }) => sha).join(' ')}`)).toBe('*3\r\n:1\r\n:1\r\n:1');
    expect(await command('SCRIPT FLUSH')).toBe('+OK');
    expect(await told(link)).toBe('told');
  });

  test('is not usable while its Redis is a replica, which answers and writes nothing', async () => {
    const link = await open(redis.url);
    expect(await told(link)).toBe('told');
    expect(await command('REPLICAOF 127.0.0.1 1')).toBe('+OK');
    expect([await told(link), await told(link), await told(link)]).toEqual(Array(3).fill('READONLY'));
    expect(link.usable).toBe(false);
    expect(await command('REPLICAOF NO ONE')).toBe('+OK');
    await vi.waitUntil(() => link.usable, { timeout: 10_000 });
    expect(await told(link)).toBe('told');
  });

  test('is not usable while there is no memory left', async () => {
    const link = await open(redis.url);
    expect(await command('CONFIG SET maxmemory 1')).toBe('+OK');
    for (let count = 0; count < 3; count += 1) expect(await told(link)).toMatch(/^OOM/);
    expect(link.usable).toBe(false);
    expect(await command('CONFIG SET maxmemory 0')).toBe('+OK');
    await vi.waitUntil(() => link.usable, { timeout: 10_000 });
  });

  test('gives up a connection on which nobody is any more, and nobody said so', async () => {
    const sockets: Socket[] = [];
    const between = createServer((caller) => {
      const behind = connect(Number(new URL(redis.url).port), '127.0.0.1');
      for (const socket of [caller, behind]) socket.on('error', () => {});
      caller.pipe(behind).pipe(caller);
      sockets.push(caller, behind);
    });
    closing.push(() => {
      for (const socket of sockets) socket.destroy();
      between.close();
    });
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
    const address = between.address();
    const link = await open(`redis://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, 20);
    // As when a machine has lost its power: what is sent is never answered, and never refused.
    for (const socket of sockets.splice(0)) {
      socket.unpipe();
      socket.pause();
    }
    for (let count = 0; count < 3; count += 1) expect(await told(link)).toBe('no answe');
    expect(link.usable).toBe(false);
    // A busy machine may take longer over a single answer than this link waits.
    await vi.waitUntil(async () => link.usable && (await told(link)) === 'told', { timeout: 10_000 });
  });
});

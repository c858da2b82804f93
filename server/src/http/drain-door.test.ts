import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { drainDoor } from './drain-door.ts';

const ending: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ending.splice(0)) end();
});

async function open() {
  const answers: (() => void)[] = [];
  const door = createServer({ keepAliveTimeout: 65_000 }, (_, response) => {
    answers.push(() => response.end('late'));
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const caller = connect((door.address() as AddressInfo).port, '127.0.0.1');
  ending.push(
    () => caller.destroy(),
    () => door.closeAllConnections(),
  );
  await once(door, 'connection');
  return { door, caller, answers };
}

test('a request under way is answered, and its connection is not waited for', async () => {
  const { door, caller, answers } = await open();
  caller.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(door, 'request');
  const closed = once(door, 'close');
  door.close();
  drainDoor(door, 30_000);
  let text = '';
  caller.on('data', (bytes) => {
    text += bytes;
  });
  answers[0]?.();
  await closed;
  if (!caller.closed) await once(caller, 'close');
  expect(text).toContain('late');
});

test('nobody is waited for who connected and said nothing, or does not get his answer', async () => {
  for (const said of ['', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n']) {
    const { door, caller } = await open();
    if (said !== '') {
      caller.write(said);
      await once(door, 'request');
    }
    const closed = once(door, 'close');
    door.close();
    drainDoor(door, 100);
    await closed;
  }
});

import { afterEach, describe, expect, test } from 'vitest';
import { KEY, principal } from '../gateway.fixture.ts';
import { openUpstream, statusOf } from '../transport/transport.fixture.ts';
import { ask, closeAll, gatewayTo, track, urlOf } from './gateway-to.fixture.ts';

/** The whole way, on sockets: which target gets a request that belongs to one. */

afterEach(closeAll);

/** By name: ends it. */
const gone = new Map<string, () => Promise<void>>();

/** Four of them, each of which answers with its name. */
async function named() {
  const urls: string[] = [];
  for (const name of ['a', 'b', 'c', 'd']) {
    const answer = `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${name}`;
    const target = await track(openUpstream((socket) => void socket.write(answer)));
    gone.set(name, target.close);
    urls.push(urlOf(target));
  }
  return urls;
}

const OTHER = 'ghk_other';
const asking = (headers = '', city = 'paris', key: string = KEY) =>
  `GET /weather/${city} HTTP/1.1\r\nHost: api.test\r\n${key === '' ? '' : `X-API-Key: ${key}\r\n`}${headers}\r\n`;

/** The names of the targets that answered, each once, in order. */
async function answered(port: number, texts: readonly string[]) {
  const names = new Set<string>();
  for (const text of texts) {
    const answer = await ask(port, text);
    expect(statusOf(answer)).toBe(200);
    names.add(answer?.body ?? '');
  }
  return [...names].toSorted();
}

const times = (count: number, text: (index: number) => string) => Array.from({ length: count }, (_, it) => text(it));
const ALL = ['a', 'b', 'c', 'd'];

describe.each([
  ['a header', { by: 'header', name: 'x-account' }, (it: string) => asking(`X-Account: ${it}\r\n`)],
  ['a path parameter', { by: 'path_parameter', name: 'city' }, (it: string) => asking('', it)],
])('by %s', (_what, hash, text) => {
  test('one value is at one target, and many are at all', async () => {
    const { port } = await gatewayTo(await named(), { hash });
    expect(
      await answered(
        port,
        times(12, () => text('17')),
      ),
    ).toHaveLength(1);
    expect(
      await answered(
        port,
        times(40, (index) => text(`v${index}`)),
      ),
    ).toEqual(ALL);
  });
});

test('the path parameter is what it says, in whatever way it was sent', async () => {
  const { port } = await gatewayTo(await named(), { hash: { by: 'path_parameter', name: 'city' } });
  for (const [plain, encoded] of [
    ['s%C3%A3o', 's%c3%a3o'],
    ['paris', '%70aris'],
  ] as const)
    expect(await answered(port, [asking('', plain), asking('', encoded)])).toHaveLength(1);
});

describe('by who calls', () => {
  const credentials = {
    [KEY]: principal(),
    [OTHER]: principal({ id: 'key_2', credential: { type: 'api_key', id: 'key_2' } }),
  };

  test.each(['credential', 'principal', 'organization', 'ip'])('%s', async (by) => {
    const { port } = await gatewayTo(await named(), { hash: { by } }, { credentials });
    expect(
      await answered(
        port,
        times(8, (index) => asking(`X-Account: ${index}\r\n`)),
      ),
    ).toHaveLength(1);
    // Both keys are of one organization and come from one address.
    if (by === 'credential' || by === 'principal') return;
    expect(await answered(port, [asking(), asking('', 'paris', OTHER)])).toHaveLength(1);
  });

  test('many of them are at all targets', async () => {
    const many = Object.fromEntries(
      times(40, (index) => `ghk_${index}`).map((key) => [
        key,
        principal({ id: key, credential: { type: 'api_key', id: key } }),
      ]),
    );
    for (const by of ['credential', 'principal']) {
      const { port } = await gatewayTo(await named(), { hash: { by } }, { credentials: many });
      expect(
        await answered(
          port,
          Object.keys(many).map((key) => asking('', 'paris', key)),
        ),
      ).toEqual(ALL);
    }
  });
});

describe('without a value it is as without the setting', () => {
  test.each([
    ['no such header', { by: 'header', name: 'x-account' }, ''],
    ['an empty one', { by: 'header', name: 'x-account' }, 'X-Account: \r\n'],
    ['no such parameter', { by: 'path_parameter', name: 'country' }, ''],
  ])('%s', async (_what, hash, headers) => {
    const { port } = await gatewayTo(await named(), { hash });
    expect(
      await answered(
        port,
        times(8, () => asking(headers)),
      ),
    ).toEqual(ALL);
  });

  test.each(['credential', 'principal', 'organization'])('%s of nobody in particular', async (by) => {
    const more = { authorize: {}, api: undefined, authenticate: ['anonymous'] };
    const { port } = await gatewayTo(await named(), { hash: { by } }, { more });
    expect(
      await answered(
        port,
        times(8, () => asking('', 'paris', '')),
      ),
    ).toEqual(ALL);
  });
});

test('a target that is gone is passed by, and its values go to one other', async () => {
  const targets = await named();
  const { port, group } = await gatewayTo(targets, { hash: { by: 'header', name: 'x-account' } });
  const text = asking('X-Account: 17\r\n');
  const [home = ''] = await answered(port, [text]);
  await gone.get(home)?.();
  const [next, ...others] = await answered(
    port,
    times(12, () => text),
  );
  expect(others).toEqual([]);
  expect(next).not.toBe(home);
  expect(group().retries).toBeGreaterThan(0);
});

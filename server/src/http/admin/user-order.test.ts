import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DirectoryWorld, openDirectoryWorld } from './directory-world.fixture.ts';

let world: DirectoryWorld;
beforeAll(async () => {
  world = await openDirectoryWorld();
  for (const name of ['Çelik', 'ada', 'Bea', 'x'.repeat(200)]) await world.person({ name });
});
afterAll(() => world.close());

const list = (query: string) => world.call('GET', `/users?${query}`);

test('people by name, page by page, with a cursor that holds whatever a name holds', async () => {
  const names: unknown[] = [];
  let cursor: unknown = '';
  while (cursor !== null) {
    const { body } = await list(`sort=name&order=desc&limit=1${cursor === '' ? '' : `&cursor=${String(cursor)}`}`);
    names.push(...(body.items as { name: string }[]).map(({ name }) => name));
    cursor = body.nextCursor;
  }
  expect(names.map((name) => String(name).slice(0, 5))).toEqual(['Çelik', 'xxxxx', 'Bea', 'ada']);
});

test.each(['sort=colour', 'order=sideways', 'cursor=nonsense', 'sort=name&cursor=usr_1.YQ', 'sort=name&cursor=a.b.c'])(
  '%s is refused',
  async (query) => expect((await list(query)).status).toBe(400),
);

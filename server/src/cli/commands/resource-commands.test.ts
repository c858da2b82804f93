import { expect, test } from 'vitest';
import { commandLine } from '../command-line.fixture.ts';

const wire = commandLine();
const kinds = { items: [{ kind: 'client', plural: 'clients', description: '', permissions: [], builtIns: [] }] };
const shop = { kind: 'client', name: 'shop', version: 3, updatedAt: 0, spec: { displayName: 'The shop' } };

const listing = (items: object[]) => {
  wire.answers = {
    'GET /api/v1/kinds': { body: kinds },
    'GET /api/v1/clients': { body: { items, nextCursor: null } },
  };
};
const asked = () => new URL(wire.asked.find(({ url }) => url?.includes('/clients'))?.url ?? '', wire.url).searchParams;

test('get asks for those that refer to something', async () => {
  listing([shop]);
  const { out } = await wire.run(['get', 'client', '--refers-to', 'plan/gold']);
  expect(asked().get('refersTo')).toBe('plan/gold');
  expect(out).toMatch(/shop\s+3\s.*The shop/);
});

test('that nothing does is no sign that there is nothing', async () => {
  listing([]);
  expect((await wire.run(['get', 'clients', '--refers-to', 'plan/gold'])).notes).toBe('No client refers to plan/gold.');
  expect((await wire.run(['get', 'clients'])).notes).toBe('There are no clients yet.');
});

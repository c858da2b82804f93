import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditMigrations } from '#audit';
import { fixedClock, openTestStore, seededRandom, type TestStore } from '#testing';
import { applyResources } from './apply-resources.ts';
import { systemCaller } from './caller.ts';
import { exportResources, exportToYaml } from './export-resources.ts';
import { resourcesMigrations } from './migrations.ts';
import { readPlainDocuments, readYamlDocuments } from './read-documents.ts';
import { sampleKinds } from './sample-kinds.fixture.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore([auditMigrations, resourcesMigrations]);
});
afterAll(() => store.close());

const text = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .filter((value) => value.isWellFormed() && !value.includes('\0'));
const title = text.map((value) => `t${value}t`);
const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
const key = text.filter((value) => value !== '__proto__');

const shelves = fc.uniqueArray(
  fc.record({
    name,
    spec: fc.record(
      { place: title, labels: fc.dictionary(key, text, { maxKeys: 4 }), note: text },
      { requiredKeys: ['place'] },
    ),
  }),
  { selector: (shelf) => shelf.name, minLength: 1, maxLength: 5 },
);
const bookSpec = fc.record(
  {
    title,
    pages: fc.integer({ min: 1 }),
    lent: fc.boolean(),
    binding: fc.constantFrom('paper', 'leather', 'linen'),
    cover: fc.oneof(
      fc.record({ type: fc.constant('plain'), colour: text }),
      fc.record({ type: fc.constant('picture'), width: fc.integer() }),
    ),
  },
  { requiredKeys: ['title'] },
);
const books = fc.uniqueArray(fc.record({ name, spec: bookSpec, on: fc.nat() }), {
  selector: (book) => book.name,
  maxLength: 5,
});

it('export, applied to an empty instance, exports the same', async () => {
  const deps = { store, clock: fixedClock(), random: seededRandom() };
  let tenants = 0;
  const instance = () => {
    tenants += 1;
    const caller = systemCaller(`ten_${String(tenants).padStart(26, '0')}`, 'test');
    return {
      apply: (documents: ReturnType<typeof readYamlDocuments>) => applyResources(deps, { caller, documents }),
      export: async () =>
        exportToYaml(sampleKinds.all, (await exportResources(deps, { caller, kinds: sampleKinds.all })).documents),
    };
  };
  await fc.assert(
    fc.asyncProperty(shelves, books, async (shelfList, bookList) => {
      const plain = [
        ...bookList.map(({ name: book, spec, on }) => ({
          kind: 'book',
          name: book,
          spec: { ...spec, shelf: shelfList[on % shelfList.length]?.name },
        })),
        ...shelfList.map((shelf) => ({ kind: 'shelf', ...shelf })),
      ];
      const [one, other] = [instance(), instance()];
      await one.apply(readPlainDocuments(sampleKinds, plain));
      const exported = await one.export();
      await other.apply(readYamlDocuments(sampleKinds, exported));
      expect(await other.export()).toBe(exported);
      const again = await one.apply(readYamlDocuments(sampleKinds, exported));
      expect(again.changes.filter(({ action }) => action !== 'unchanged')).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

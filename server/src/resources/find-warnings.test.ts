import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditMigrations } from '#audit';
import { fixedClock, openTestStore, seededRandom, type TestStore } from '#testing';
import { type ApplyResult, applyResources, planResources } from './apply-resources.ts';
import { type Caller, systemCaller } from './caller.ts';
import type { WarningCheck } from './kind.ts';
import { resourcesMigrations } from './migrations.ts';
import { readPlainDocuments, readYamlDocuments } from './read-documents.ts';
import { kindRegistry } from './registry.ts';
import { book, shelf } from './sample-documents.fixture.ts';
import { badgeKind, bookKind, shelfKind } from './sample-kinds.fixture.ts';
import { warnedBy } from './warning.ts';

/** A book by the name of its shelf's place is probably a mistake: in made-up kinds, as good as any. */
const booksInTheCellar: WarningCheck = {
  reads: [bookKind, shelfKind],
  find(world) {
    const damp = new Set(world.all(shelfKind).flatMap(({ name, spec }) => (spec.place === 'cellar' ? [name] : [])));
    return world.all(bookKind).flatMap(({ name, spec }) =>
      damp.has(spec.shelf ?? '')
        ? [
            {
              code: 'damp',
              kind: bookKind,
              name,
              path: 'shelf',
              about: spec.shelf ?? '',
              message: () => `the shelf "${spec.shelf}" stands in the cellar`,
            },
          ]
        : [],
    );
  },
};
const builtInBadges: WarningCheck = {
  reads: [badgeKind],
  find: (world) =>
    world.all(badgeKind).map(({ name }) => ({
      code: 'badge',
      kind: badgeKind,
      name,
      path: 'permissions',
      about: '',
      message: () => name,
    })),
};
const kinds = kindRegistry(
  [shelfKind, bookKind, badgeKind].map((kind) => warnedBy<unknown>(kind, [booksInTheCellar, builtInBadges])),
);

let store: TestStore;
let deps: { store: TestStore; clock: ReturnType<typeof fixedClock>; random: ReturnType<typeof seededRandom> };
let tenants = 0;
beforeAll(async () => {
  store = await openTestStore([auditMigrations, resourcesMigrations]);
  deps = { store, clock: fixedClock(), random: seededRandom() };
});
afterAll(() => store.close());

function newCaller(): Caller {
  tenants += 1;
  return systemCaller(`ten_${String(tenants).padStart(26, '0')}`, 'test');
}

const documents = (...texts: string[]) => readYamlDocuments(kinds, texts.join('---\n'), { file: 'bundle.yaml' });
const apply = (caller: Caller, ...texts: string[]) => applyResources(deps, { caller, documents: documents(...texts) });
const plan = (caller: Caller, ...texts: string[]) => planResources(deps, { caller, documents: documents(...texts) });
const told = ({ warnings }: ApplyResult) => warnings.map(({ code, kind, name }) => `${code} ${kind}/${name}`);

describe('warnings', () => {
  it('are the same in a plan and its apply, and stop neither', async () => {
    const caller = newCaller();
    const texts = [shelf('a', 'cellar'), book('dune', 'a')];
    const planned = await plan(caller, ...texts);
    expect(planned.warnings).toEqual([
      {
        code: 'damp',
        kind: 'book',
        name: 'dune',
        path: 'spec.shelf',
        file: 'bundle.yaml',
        line: 7,
        column: 25,
        message: 'the shelf "a" stands in the cellar',
      },
    ]);
    const applied = await apply(caller, ...texts);
    expect(applied.warnings).toEqual(planned.warnings);
    expect(applied.changes.map(({ action }) => action)).toEqual(['create', 'create']);
  });

  it('go by what would be then, whatever the order, and not by what was', async () => {
    const caller = newCaller();
    expect(told(await apply(caller, book('dune', 'a'), shelf('a')))).toEqual([]);
    expect(told(await plan(caller, book('dune', 'a'), shelf('a', 'cellar')))).toEqual(['damp book/dune']);
    expect(told(await plan(caller, book('dune', 'a'), shelf('a', 'attic')))).toEqual([]);
  });

  it('are told of what was sent, also when nothing changes', async () => {
    const caller = newCaller();
    await apply(caller, shelf('a', 'cellar'), book('dune', 'a'));
    expect(told(await plan(caller, book('dune', 'a')))).toEqual(['damp book/dune']);
  });

  it('are told of what was not sent, if it goes wrong by this change alone', async () => {
    const caller = newCaller();
    await apply(caller, shelf('a'), shelf('b', 'cellar'), book('dune', 'a'), book('emma', 'b'));
    const broken = await plan(caller, shelf('a', 'cellar'));
    expect(broken.warnings).toEqual([
      {
        code: 'damp',
        kind: 'book',
        name: 'dune',
        path: 'spec.shelf',
        message: 'the shelf "a" stands in the cellar',
      },
    ]);
    expect(told(await plan(caller, shelf('a', 'attic')))).toEqual([]);
    expect(told(await plan(caller, book('new', 'a')))).toEqual([]);
  });

  it('are placed as errors are, in documents that came as JSON', async () => {
    const values = [
      { kind: 'shelf', name: 'a', spec: { place: 'cellar' } },
      { kind: 'book', name: 'dune', spec: { title: 'x', shelf: 'a' } },
    ];
    const planned = await planResources(deps, { caller: newCaller(), documents: readPlainDocuments(kinds, values) });
    expect(planned.warnings).toMatchObject([{ path: 'documents.1.spec.shelf' }]);
  });

  it('know what is part of the program', async () => {
    const caller = newCaller();
    const text = 'kind: badge\nname: librarian\nspec: {permissions: ["*"]}\n';
    expect(told(await plan(caller, text))).toEqual(['badge badge/librarian']);
  });

  it('are not made of kinds that the caller may not read, and what is missing is said', async () => {
    const system = newCaller();
    await apply(system, shelf('a', 'cellar'));
    const may = (...held: string[]): Caller => ({
      principal: { ...system.principal, type: 'user', id: 'usr_1' },
      holds: (permission) => held.includes(permission),
    });
    const blind = await plan(may('books:read', 'books:write'), book('dune', 'a'));
    expect(blind).toMatchObject({ warnings: [], warningsNeed: ['shelves:read'] });
    const seeing = await plan(may('books:read', 'shelves:read'), book('dune', 'a'));
    expect(told(seeing)).toEqual(['damp book/dune']);
    expect(seeing.warningsNeed).toEqual([]);
  });

  it('are not made inside an organization, which sees its own alone', async () => {
    const system = newCaller();
    await apply(system, shelf('a', 'cellar'), book('dune', 'a'));
    const inside: Caller = { ...system, principal: { ...system.principal, organizationId: 'org_1' } };
    const planned = await plan(inside, book('dune', 'a'));
    expect(planned).toMatchObject({ warnings: [], warningsLeftOut: 0, warningsNeed: [] });
  });

  it('are told a hundred at once, in the order of the documents, and the others counted', async () => {
    const names = Array.from({ length: 120 }, (_, at) => `b${String(120 - at).padStart(3, '0')}`);
    const planned = await plan(newCaller(), shelf('a', 'cellar'), ...names.map((name) => book(name, 'a')));
    expect(planned.warnings.map(({ name }) => name)).toEqual(names.slice(0, 100));
    expect(planned.warningsLeftOut).toBe(20);
  });
});

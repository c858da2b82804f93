import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID } from '#base';
import { fixedClock, openSecondStore, openTestStore, seededRandom, type TestStore } from '#testing';
import { applyResources } from './apply-resources.ts';
import { systemCaller } from './caller.ts';
import { resourcesMigrations } from './migrations.ts';
import { deleteResource } from './put-resource.ts';
import { readYamlDocuments } from './read-documents.ts';
import { openResourceSnapshot, openResourceSnapshots } from './resource-snapshot.ts';
import { badgeKind, bookKind, sampleKinds, shelfKind } from './sample-kinds.fixture.ts';

const migrations = [auditMigrations, resourcesMigrations];
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(migrations);
});
afterAll(() => store.close());

const caller = systemCaller(DEFAULT_TENANT_ID, 'test');
const shelf = (name: string, place: string) =>
  readYamlDocuments(sampleKinds, `kind: shelf\nname: ${name}\nspec: {place: ${place}}`);

it('holds what is stored, follows changes made by another process, and stops when closed', async () => {
  const deps = { store, clock: fixedClock(), random: seededRandom() };
  await applyResources(deps, { caller, documents: shelf('a', 'hall') });
  const other = await openSecondStore(store, migrations);
  try {
    const snapshot = await openResourceSnapshot({ store: other }, shelfKind);
    const heard: string[] = [];
    snapshot.onChange((tenantIds) => heard.push(...tenantIds));
    const places = () => snapshot.all(DEFAULT_TENANT_ID).map(({ name, spec }) => `${name}: ${spec.place}`);
    expect(places()).toEqual(['a: hall']);

    await applyResources(deps, { caller, documents: [...shelf('a', 'attic'), ...shelf('b', 'hall')] });
    await other.changes.caughtUp();
    expect(places()).toEqual(['a: attic', 'b: hall']);
    expect(snapshot.get(DEFAULT_TENANT_ID, 'a')).toMatchObject({ version: 2 });
    expect(heard).toContain(DEFAULT_TENANT_ID);
    expect(snapshot.get('ten_other', 'a')).toBeUndefined();

    await deleteResource(deps, { caller, kind: shelfKind, name: 'a' });
    await deleteResource(deps, { caller, kind: shelfKind, name: 'b' });
    await other.changes.caughtUp();
    expect(places()).toEqual([]);
    expect(snapshot.tenants()).toEqual([]);

    snapshot.close();
    await applyResources(deps, { caller, documents: shelf('c', 'hall') });
    await other.changes.caughtUp();
    expect(places()).toEqual([]);
  } finally {
    await other.close();
  }
});

it('always holds what is part of the program', async () => {
  const snapshot = await openResourceSnapshot({ store }, badgeKind);
  expect(snapshot.get('ten_any', 'librarian')).toMatchObject({ builtIn: true, spec: { permissions: ['*'] } });
  expect(snapshot.get('ten_any', 'other')).toBeUndefined();
  expect(snapshot.all('ten_any')).toHaveLength(1);
  snapshot.close();
});

it('shows what one transaction wrote at once, whatever the kind, and tells of it once', async () => {
  const deps = { store, clock: fixedClock(), random: seededRandom() };
  const other = await openSecondStore(store, migrations);
  try {
    const snapshots = await openResourceSnapshots({ store: other }, [bookKind, shelfKind]);
    const [books, shelves] = [snapshots.of(bookKind), snapshots.of(shelfKind)];
    const seen: string[] = [];
    const look = () => {
      const standing = books.all(DEFAULT_TENANT_ID).filter(({ spec }) => spec.shelf !== undefined);
      const lost = standing.filter(({ spec }) => shelves.get(DEFAULT_TENANT_ID, spec.shelf ?? '') === undefined);
      seen.push(`${standing.length} books, ${lost.length} without a shelf`);
    };
    // What was written before this store was opened may still be on its way.
    await other.changes.caughtUp();
    snapshots.onChange([bookKind, shelfKind], look);
    let heardByOne = 0;
    shelves.onChange(() => {
      heardByOne += 1;
    });
    // The books come first, so that a reader who stops at the first change has books without shelves.
    const documents = Array.from(
      { length: 300 },
      (_, n) => `kind: book\nname: book-${n}\nspec: {title: t, shelf: shelf-${n}}`,
    ).concat(Array.from({ length: 300 }, (_, n) => `kind: shelf\nname: shelf-${n}\nspec: {place: hall}`));
    await applyResources(deps, { caller, documents: readYamlDocuments(sampleKinds, documents.join('\n---\n')) });
    await other.changes.caughtUp();
    expect([seen, heardByOne]).toEqual([['300 books, 0 without a shelf'], 1]);

    const untouched = shelves.get(DEFAULT_TENANT_ID, 'shelf-1');
    await applyResources(deps, { caller, documents: shelf('shelf-0', 'attic') });
    await other.changes.caughtUp();
    expect(shelves.get(DEFAULT_TENANT_ID, 'shelf-0')).toMatchObject({ version: 2, spec: { place: 'attic' } });
    expect(shelves.get(DEFAULT_TENANT_ID, 'shelf-1')).toBe(untouched);
    snapshots.close();
  } finally {
    await other.close();
  }
});

it('a listener that fails keeps nobody else from hearing, and is told again', async () => {
  const deps = { store, clock: fixedClock(), random: seededRandom() };
  const other = await openSecondStore(store, migrations);
  try {
    const snapshots = await openResourceSnapshots({ store: other }, [shelfKind]);
    const calls: string[] = [];
    await other.changes.caughtUp();
    snapshots.onChange([shelfKind], () => {
      calls.push('first');
      if (calls.filter((call) => call === 'first').length < 3) throw new Error('on purpose');
    });
    snapshots.onChange([shelfKind], () => void calls.push('second'));
    await applyResources(deps, { caller, documents: shelf('told', 'hall') });
    await other.changes.caughtUp();
    // A change that is heard of a second time is told once more: harmless, and nothing that is held here.
    expect(calls.slice(0, 6)).toEqual(['first', 'second', 'first', 'second', 'first', 'second']);
    snapshots.close();
  } finally {
    await other.close();
  }
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID } from '#base';
import { fixedClock, openSecondStore, openTestStore, seededRandom, type TestStore } from '#testing';
import { applyResources } from './apply-resources.ts';
import { systemCaller } from './caller.ts';
import { resourcesMigrations } from './migrations.ts';
import { deleteResource } from './put-resource.ts';
import { readYamlDocuments } from './read-documents.ts';
import { openResourceSnapshot } from './resource-snapshot.ts';
import { badgeKind, sampleKinds, shelfKind } from './sample-kinds.fixture.ts';

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

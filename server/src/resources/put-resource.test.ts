import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID } from '#base';
import { fixedClock, openTestStore, seededRandom, type TestStore } from '#testing';
import { applyResources } from './apply-resources.ts';
import { type Caller, systemCaller } from './caller.ts';
import { exportResources, exportToYaml } from './export-resources.ts';
import { findResource } from './find-resource.ts';
import { listResources } from './list-resources.ts';
import { resourcesMigrations } from './migrations.ts';
import { deleteResource, putResource } from './put-resource.ts';
import { readSpec } from './read-documents.ts';
import { resourceTag } from './resource.ts';
import { book, bundle, refusal, shelf } from './sample-documents.fixture.ts';
import { badgeKind, bookKind, sampleKinds, shelfKind } from './sample-kinds.fixture.ts';

let store: TestStore;
let deps: { store: TestStore; clock: ReturnType<typeof fixedClock>; random: ReturnType<typeof seededRandom> };
let tenants = 0;

beforeAll(async () => {
  store = await openTestStore([auditMigrations, resourcesMigrations]);
  deps = { store, clock: fixedClock(), random: seededRandom() };
});
afterAll(() => store.close());

/** A tenant of its own for each test: they share one database. */
function newCaller(): Caller {
  tenants += 1;
  return systemCaller(tenants === 1 ? DEFAULT_TENANT_ID : `ten_${String(tenants).padStart(26, '0')}`, 'test');
}

async function everything(caller: Caller): Promise<string> {
  const { documents } = await exportResources(deps, { caller, kinds: sampleKinds.all });
  return exportToYaml(sampleKinds.all, documents);
}

describe('put and delete', () => {
  const put = (caller: Caller, spec: object, expected?: 'absent' | 'present' | string[]) =>
    putResource(deps, {
      caller,
      document: readSpec(sampleKinds, shelfKind, 'a', spec),
      ...(expected ? { expected } : {}),
    });

  it('guards against lost updates', async () => {
    const caller = newCaller();
    const { resource, action } = await put(caller, { place: 'hall' });
    expect(action).toBe('create');
    const tag = resourceTag(resource);
    expect((await refusal(put(caller, { place: 'attic' }))).code).toBe('resource_precondition_missing');
    expect((await refusal(put(caller, { place: 'attic' }, 'absent'))).code).toBe('resource_exists');
    expect((await refusal(put(caller, { place: 'attic' }, [`${tag}0`]))).code).toBe('resource_changed');
    expect(await put(caller, { place: 'hall' })).toMatchObject({ action: 'unchanged', resource: { version: 1 } });
    expect(await put(caller, { place: 'attic' }, [tag])).toMatchObject({ action: 'update', resource: { version: 2 } });
    expect((await refusal(put(caller, { place: 'cellar' }, [tag]))).code).toBe('resource_changed');
    expect(await put(caller, { place: 'cellar' }, 'present')).toMatchObject({
      action: 'update',
      resource: { version: 3 },
    });
  });

  it('of many writers who read the same state, one wins', async () => {
    const caller = newCaller();
    const { resource } = await put(caller, { place: 'hall' });
    const tag = resourceTag(resource);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => put(caller, { place: `place ${index}` }, [tag])),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(new Set(reasons)).toEqual(new Set(['resource_changed']));
  });

  it('a tag from before a deletion does not fit what was made anew', async () => {
    const caller = newCaller();
    const { resource } = await put(caller, { place: 'hall' });
    await deleteResource(deps, { caller, kind: shelfKind, name: 'a', expected: [resourceTag(resource)] });
    expect((await refusal(put(caller, { place: 'hall' }, [resourceTag(resource)]))).code).toBe('resource_changed');
    await put(caller, { place: 'hall' });
    expect((await refusal(put(caller, { place: 'attic' }, [resourceTag(resource)]))).code).toBe('resource_changed');
  });

  it('refuses to delete what others refer to, naming them', async () => {
    const caller = newCaller();
    await applyResources(deps, { caller, documents: bundle(shelf('a'), book('x', 'a'), book('y', 'a')) });
    const error = await refusal(deleteResource(deps, { caller, kind: shelfKind, name: 'a' }));
    expect(error).toMatchObject({
      code: 'resource_referenced',
      category: 'conflict',
      message:
        'The shelf "a" is still referred to by book "x", book "y". Change or delete those first, or in the same bundle.',
    });
    await deleteResource(deps, { caller, kind: bookKind, name: 'x' });
    await deleteResource(deps, { caller, kind: bookKind, name: 'y' });
    await deleteResource(deps, { caller, kind: shelfKind, name: 'a' });
    expect(await everything(caller)).toBe('');
  });

  it.each([
    ['nothing there', 'gone', undefined, 'resource_not_found'],
    ['part of the program', 'librarian', undefined, 'resource_built_in'],
  ] as const)('deleting %s', async (_name, name, _expected, code) => {
    expect((await refusal(deleteResource(deps, { caller: newCaller(), kind: badgeKind, name }))).code).toBe(code);
  });
});

describe('reading', () => {
  it('pages by name, with what is part of the program in its place', async () => {
    const caller = newCaller();
    const { tenantId } = caller.principal;
    const names = ['a', 'm', 'z', 'l1', 'lz'];
    await applyResources(deps, {
      caller,
      documents: bundle(...names.map((name) => `kind: badge\nname: ${name}\nspec: {permissions: []}\n`)),
    });
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await listResources(deps, { tenantId, kind: badgeKind, limit: 2, ...(after ? { after } : {}) });
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ name }) => name));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(['a', 'l1', 'librarian', 'lz', 'm', 'z']);
  });

  it.each([
    ['lost', ['the-lost-world']],
    ['LOST', ['the-lost-world']],
    ['Frank', ['dune']],
    ['a', ['dune', 'the-lost-world']],
    ['author', []],
    ['title', []],
    ['100%', ['dune']],
    ['1%', []],
    ['_', []],
    ['nowhere', []],
  ])('finds what %j stands in: names and texts, not the names of fields', async (search, names) => {
    const caller = newCaller();
    const { tenantId } = caller.principal;
    const titled = (name: string, title: string) => `kind: book\nname: ${name}\nspec: {title: "${title}", shelf: a}\n`;
    await applyResources(deps, {
      caller,
      documents: bundle(shelf('a'), titled('dune', '100% by Frank'), titled('the-lost-world', 'By Arthur')),
    });
    const page = await listResources(deps, { tenantId, kind: bookKind, search });
    expect(page.items.map(({ name }) => name)).toEqual(names);
  });

  it('finds what is part of the program, too, page by page', async () => {
    const { tenantId } = newCaller().principal;
    const page = await listResources(deps, { tenantId, kind: badgeKind, search: 'LIBRA' });
    expect(page).toEqual({ items: [expect.objectContaining({ name: 'librarian', builtIn: true })] });
  });

  it('finds what refers to another, page by page, and nothing of the kind that is part of the program', async () => {
    const caller = newCaller();
    const { tenantId } = caller.principal;
    await applyResources(deps, {
      caller,
      documents: bundle(shelf('a'), shelf('b'), book('one', 'a'), book('other', 'b'), book('third', 'a')),
    });
    const listed = async (name: string, input: object = {}) => {
      const page = await listResources(deps, { tenantId, kind: bookKind, refersTo: { kind: 'shelf', name }, ...input });
      return { names: page.items.map((item) => item.name), next: page.next };
    };
    expect(await listed('a')).toEqual({ names: ['one', 'third'], next: undefined });
    expect(await listed('a', { limit: 1 })).toEqual({ names: ['one'], next: 'one' });
    expect(await listed('a', { search: 'third' })).toMatchObject({ names: ['third'] });
    expect(await listed('c')).toMatchObject({ names: [] });
    const badges = await listResources(deps, { tenantId, kind: badgeKind, refersTo: { kind: 'shelf', name: 'a' } });
    expect(badges.items).toEqual([]);
  });

  it('keeps tenants apart', async () => {
    const [one, other] = [newCaller(), newCaller()];
    await applyResources(deps, { caller: one, documents: bundle(shelf('a')) });
    expect(await everything(other)).toBe('');
    const { tenantId } = other.principal;
    expect(
      await store.transaction({ tenantId }, (tx) =>
        findResource(tx, { tenantId: one.principal.tenantId, kind: shelfKind, name: 'a' }),
      ),
    ).toBeUndefined();
    expect((await refusal(applyResources(deps, { caller: other, documents: bundle(book('x', 'a')) }))).code).toBe(
      'reference_missing',
    );
  });
});

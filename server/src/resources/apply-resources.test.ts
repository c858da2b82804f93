import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditMigrations, listEvents } from '#audit';
import { DEFAULT_TENANT_ID } from '#base';
import { fixedClock, openTestStore, seededRandom, type TestStore } from '#testing';
import { applyResources, planResources } from './apply-resources.ts';
import { authorizedBy } from './authorized-by.ts';
import { type Caller, systemCaller } from './caller.ts';
import { exportResources, exportToYaml } from './export-resources.ts';
import { getResource } from './find-resource.ts';
import type { Kind } from './kind.ts';
import { resourcesMigrations } from './migrations.ts';
import { deleteResource, putResource } from './put-resource.ts';
import { readSpec } from './read-documents.ts';
import { book, bundle, read, refusal, shelf } from './sample-documents.fixture.ts';
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

function limited(caller: Caller, ...held: string[]): Caller {
  return {
    principal: { ...caller.principal, type: 'user', id: 'usr_1' },
    holds: (permission) => held.includes(permission),
  };
}

const actions = ({ changes }: { changes: { action: string; kind: string; name: string; version: number }[] }) =>
  changes.map(({ action, kind, name, version }) => `${action} ${kind}/${name} v${version}`);

async function everything(caller: Caller): Promise<string> {
  const { documents } = await exportResources(deps, { caller, kinds: sampleKinds.all });
  return exportToYaml(sampleKinds.all, documents);
}

async function eventTypes(caller: Caller): Promise<string[]> {
  const { items } = await listEvents(deps, { tenantId: caller.principal.tenantId });
  return items.map(({ type, target }) => `${type} ${target.name}`).reverse();
}

describe('apply', () => {
  it('creates in any order, then changes nothing, then only what differs', async () => {
    const caller = newCaller();
    const first = await applyResources(deps, { caller, documents: bundle(book('dune', 'a'), shelf('a')) });
    expect(actions(first)).toEqual(['create book/dune v1', 'create shelf/a v1']);
    expect(first.revision).toBe(1);

    const again = await applyResources(deps, { caller, documents: bundle(book('dune', 'a'), shelf('a')) });
    expect(actions(again)).toEqual(['unchanged book/dune v1', 'unchanged shelf/a v1']);
    expect(again.revision).toBe(1);

    deps.clock.advance(1000);
    const third = await applyResources(deps, { caller, documents: bundle(book('dune', 'a'), shelf('a', 'attic')) });
    expect(actions(third)).toEqual(['unchanged book/dune v1', 'update shelf/a v2']);
    expect(third.changes[1]?.diff).toContain('-  place: hall\n+  place: attic\n');
    const stored = await getResource(deps, { tenantId: caller.principal.tenantId, kind: shelfKind, name: 'a' });
    expect(stored).toMatchObject({ version: 2, spec: { place: 'attic' } });
    expect(stored.updatedAt - stored.createdAt).toBe(1000);
    expect(await eventTypes(caller)).toEqual(['book.created dune', 'shelf.created a', 'shelf.updated a']);
  });

  it('takes resources that refer to each other', async () => {
    const caller = newCaller();
    const documents = read(
      'kind: book\nname: a\nspec: {title: x, sequels: [b]}\n---\nkind: book\nname: b\nspec: {title: y, sequels: [a]}',
    );
    expect(actions(await applyResources(deps, { caller, documents }))).toEqual([
      'create book/a v1',
      'create book/b v1',
    ]);
  });

  it('is all or nothing: a missing reference undoes everything, and is located', async () => {
    const caller = newCaller();
    const error = await refusal(
      applyResources(deps, { caller, documents: bundle(shelf('attic'), book('dune', 'atic')) }),
    );
    expect(error).toMatchObject({
      code: 'reference_missing',
      message: 'bundle.yaml:7:25: spec.shelf: there is no shelf named "atic"; did you mean "attic"?',
    });
    expect(await everything(caller)).toBe('');
    expect(await eventTypes(caller)).toEqual([]);
  });

  it('refuses a bundle with nothing in it, so that pruning can not empty an instance by mistake', async () => {
    const caller = newCaller();
    await applyResources(deps, { caller, documents: bundle(shelf('a')) });
    const error = await refusal(applyResources(deps, { caller, documents: [], prune: sampleKinds.all }));
    expect(error.code).toBe('bundle_empty');
    expect(await everything(caller)).toContain('name: a');
  });

  it('prunes what the bundle does not name, and only of the kinds given', async () => {
    const caller = newCaller();
    await applyResources(deps, { caller, documents: bundle(shelf('a'), shelf('b'), book('x', 'b'), book('y', 'a')) });
    const refused = await refusal(applyResources(deps, { caller, documents: bundle(shelf('a')), prune: [shelfKind] }));
    expect(refused).toMatchObject({
      code: 'resource_referenced',
      message: expect.stringContaining('shelf "b" is still referred to by book "x"'),
    });
    const pruned = await applyResources(deps, { caller, documents: bundle(shelf('a')), prune: sampleKinds.all });
    expect(actions(pruned)).toEqual([
      'unchanged shelf/a v1',
      'delete shelf/b v1',
      'delete book/x v1',
      'delete book/y v1',
    ]);
    expect(await eventTypes(caller)).toContain('book.deleted x');
  });

  it('lets a bundle take a reference away and delete its target at once', async () => {
    const caller = newCaller();
    await applyResources(deps, { caller, documents: bundle(shelf('a'), shelf('b'), book('x', 'b')) });
    const moved = await applyResources(deps, {
      caller,
      documents: bundle(shelf('a'), book('x', 'a')),
      prune: [shelfKind],
    });
    expect(actions(moved)).toEqual(['unchanged shelf/a v1', 'update book/x v2', 'delete shelf/b v1']);
  });

  it('refuses to change what is part of the program, and accepts it word for word', async () => {
    const caller = newCaller();
    const same = read('kind: badge\nname: librarian\nspec: {permissions: ["*"]}');
    expect(actions(await applyResources(deps, { caller, documents: same }))).toEqual(['unchanged badge/librarian v1']);
    const other = read('kind: badge\nname: librarian\nspec: {permissions: []}');
    expect((await refusal(applyResources(deps, { caller, documents: other }))).code).toBe('resource_built_in');
  });

  it('does what a plan showed, or refuses when something changed since', async () => {
    const caller = newCaller();
    await applyResources(deps, { caller, documents: bundle(shelf('a')) });
    const plan = await planResources(deps, { caller, documents: bundle(shelf('a', 'attic')) });
    await applyResources(deps, { caller, documents: bundle(shelf('b')) });
    const documents = bundle(shelf('a', 'attic'));
    const error = await refusal(applyResources(deps, { caller, documents, expectedRevision: plan.revision }));
    expect(error).toMatchObject({ code: 'plan_outdated', category: 'precondition_failed' });
    const fresh = await planResources(deps, { caller, documents });
    await expect(applyResources(deps, { caller, documents, expectedRevision: fresh.revision })).resolves.toMatchObject({
      revision: 3,
    });
  });

  it('two applies of the same new resource at once: one creates, the other finds it', async () => {
    const caller = newCaller();
    const results = await Promise.all(
      Array.from({ length: 8 }, () => applyResources(deps, { caller, documents: bundle(shelf('a')) })),
    );
    expect(results.flatMap(actions).sort()).toEqual(['create shelf/a v1', ...Array(7).fill('unchanged shelf/a v1')]);
    expect(await eventTypes(caller)).toEqual(['shelf.created a']);
  });

  it('a reference made while its target is deleted: one of the two is refused', async () => {
    const caller = newCaller();
    for (let round = 0; round < 10; round += 1) {
      await applyResources(deps, { caller, documents: bundle(shelf('a')) });
      const outcomes = await Promise.allSettled([
        applyResources(deps, { caller, documents: bundle(book('x', 'a')) }),
        deleteResource(deps, { caller, kind: shelfKind, name: 'a' }),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      if (outcomes[0]?.status === 'fulfilled') await deleteResource(deps, { caller, kind: bookKind, name: 'x' });
    }
  });
});

describe('plan', () => {
  it('shows what apply would do, and changes nothing', async () => {
    const caller = newCaller();
    await applyResources(deps, { caller, documents: bundle(shelf('a'), shelf('old')) });
    const before = await everything(caller);
    const documents = bundle(shelf('a', 'attic'), book('new', 'a'));
    const plan = await planResources(deps, { caller, documents, prune: [shelfKind] });
    expect(actions(plan)).toEqual(['update shelf/a v2', 'create book/new v1', 'delete shelf/old v1']);
    expect(plan.changes.map(({ diff }) => diff.split('\n').slice(0, 2).join(' '))).toEqual([
      '--- shelf/a +++ shelf/a',
      '--- /dev/null +++ book/new',
      '--- shelf/old +++ /dev/null',
    ]);
    expect(await everything(caller)).toBe(before);
    expect(await eventTypes(caller)).toEqual(['shelf.created a', 'shelf.created old']);
    expect(actions(await applyResources(deps, { caller, documents, prune: [shelfKind] }))).toEqual(actions(plan));
  });

  it('finds what apply would refuse', async () => {
    const error = await refusal(planResources(deps, { caller: newCaller(), documents: bundle(book('x', 'nowhere')) }));
    expect(error.code).toBe('reference_missing');
  });

  it('says what apply would say to who may write, and nothing of it to who only looks', async () => {
    const refusing = authorizedBy(shelfKind, async (_tx, { name }) => {
      throw new RangeError(`not ${name}`);
    });
    const caller = newCaller();
    const documents = bundle(shelf('a')).map((document) => ({ ...document, kind: refusing as Kind }));
    const as = (...held: string[]) => ({ caller: limited(caller, ...held), documents });
    await expect(applyResources(deps, as('shelves:read', 'shelves:write'))).rejects.toThrow('not a');
    await expect(planResources(deps, as('shelves:read', 'shelves:write'))).rejects.toThrow('not a');
    expect(actions(await planResources(deps, as('shelves:read')))).toEqual(['create shelf/a v1']);
  });

  it('needs permission to read what it shows, not to write it', async () => {
    const caller = newCaller();
    const documents = bundle(shelf('a'));
    const blind = await refusal(planResources(deps, { caller: limited(caller, 'shelves:write'), documents }));
    expect(blind).toMatchObject({ code: 'write_not_permitted', details: { missing: ['shelves:read'] } });
    await expect(planResources(deps, { caller: limited(caller, 'shelves:read'), documents })).resolves.toMatchObject({
      revision: 0,
    });
  });
});

describe('who may write', () => {
  it('names every permission that is missing, and changes nothing', async () => {
    const caller = newCaller();
    const documents = bundle(shelf('a'), book('x', 'a'));
    const error = await refusal(applyResources(deps, { caller: limited(caller, 'shelves:write'), documents }));
    expect(error).toMatchObject({
      code: 'write_not_permitted',
      category: 'forbidden',
      details: { missing: ['books:write'] },
    });
    expect(await everything(caller)).toBe('');
  });

  it('needs no permission for what is so already', async () => {
    const caller = newCaller();
    await applyResources(deps, { caller, documents: bundle(shelf('a')) });
    await expect(
      applyResources(deps, { caller: limited(caller), documents: bundle(shelf('a')) }),
    ).resolves.toMatchObject({ revision: 1 });
  });

  it.each([
    ['a permission he lacks', ['keys:write'], ['keys:write']],
    ['everything', ['*'], ['*']],
    ['a wider pattern', ['books:*', 'shelves:read'], ['books:*']],
  ])('nobody hands out %s', async (_name, permissions, missing) => {
    const caller = newCaller();
    const writer = limited(caller, 'badges:write', 'shelves:read');
    const document = readSpec(sampleKinds, badgeKind, 'mine', { permissions });
    const error = await refusal(putResource(deps, { caller: writer, document }));
    expect(error).toMatchObject({ code: 'grant_exceeds_own', category: 'forbidden', details: { missing } });
    const planned = await refusal(
      planResources(deps, { caller: { ...writer, holds: (p) => p === 'badges:read' }, documents: [document] }),
    );
    expect(planned.code).toBe('grant_exceeds_own');
  });
});

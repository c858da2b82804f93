import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID, systemPrincipal } from '#base';
import {
  applyResources,
  deleteResource,
  kindRegistry,
  openResourceSnapshot,
  readPlainDocuments,
  resourcesMigrations,
  systemCaller,
} from '#resources';
import { fixedClock, openTestStore, seededRandom, type TestStore, testLogger } from '#testing';
import { EvaluationFailure } from '../cedar/evaluation-failure.ts';
import { readDsl } from '../relations/model/read-dsl.ts';
import { tuple } from '../relations/open-scope.fixture.ts';
import { openRelationGraphs, type RelationGraphs } from '../relations/relation-graphs.ts';
import { relationsMigrations } from '../relations/storage/migrations.ts';
import { writeModel } from '../relations/storage/models.ts';
import { createRelationStore, deleteRelationStore, type StoragePort } from '../relations/storage/stores.ts';
import { writeTuples } from '../relations/storage/write-tuples.ts';
import { factSourceKind } from './fact-source-kind.ts';
import { type Facts, openFacts } from './open-facts.ts';

const tenantId = DEFAULT_TENANT_ID;
const actor = systemPrincipal(tenantId, 'test');
const caller = systemCaller(tenantId, 'test');
const MODEL = 'model\n  schema 1.1\ntype user\ntype document\n  relations\n    define editor: [user]';

let store: TestStore;
let deps: StoragePort;
let relations: RelationGraphs;
let facts: Facts;
beforeAll(async () => {
  store = await openTestStore([auditMigrations, resourcesMigrations, relationsMigrations]);
  deps = { store, clock: fixedClock(), random: seededRandom('facts') };
  relations = openRelationGraphs({ store });
  facts = openFacts({ sources: await openResourceSnapshot({ store }, factSourceKind), relations, log: testLogger() });
});
afterAll(async () => {
  facts?.close();
  relations?.close();
  await store?.close();
});

function editor(): boolean | string {
  const question = {
    object: { type: 'Document', id: '1' },
    relation: 'editor',
    subject: { type: 'User', id: 'ann' },
  };
  try {
    return facts.of(tenantId).check(question, {}, 1000).allowed;
  } catch (failure) {
    if (failure instanceof EvaluationFailure) return failure.message;
    throw failure;
  }
}

async function heard(): Promise<void> {
  await store.changes.caughtUp();
  await facts.ready();
}

async function name(storeId: string): Promise<void> {
  const spec = { store: storeId, types: { Document: 'document', User: 'user' } };
  const documents = readPlainDocuments(kindRegistry([factSourceKind]), [{ kind: 'fact_source', name: 'docs', spec }]);
  await applyResources(deps, { caller, documents });
  await heard();
}

describe('facts, on the database', () => {
  it('are in memory from the moment a source names the store, and follow its tuples and models', async () => {
    const { id: storeId } = await createRelationStore(deps, { tenantId, actor, name: 'docs' });
    expect(editor()).toBe(false);
    await name(storeId);
    expect(editor()).toBe('the relationships of docs are not in memory');

    await writeModel(deps, { tenantId, storeId, actor, model: await readDsl(MODEL) });
    await heard();
    expect(editor()).toBe(false);

    const writes = [tuple('document:1#editor@user:ann')];
    await writeTuples(deps, await relations.rules({ tenantId, storeId }), {
      tenantId,
      storeId,
      actor,
      writes,
      deletes: [],
    });
    await heard();
    expect(editor()).toBe(true);

    const closed = await readDsl(MODEL.replace('[user]', '[document]'));
    await writeModel(deps, { tenantId, storeId, actor, model: closed });
    await heard();
    expect(editor()).toBe(false);

    await deleteRelationStore(deps, { tenantId, id: storeId, actor });
    await heard();
    expect(editor()).toBe('the relationships of docs are not in memory');

    await deleteResource(deps, { caller, kind: factSourceKind, name: 'docs' });
    await heard();
    expect(editor()).toBe(false);
  });
});

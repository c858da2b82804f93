import type { Store, Tx } from '#store';
import { type Caller, demandPermissions } from './caller.ts';
import type { Action, Changed } from './change.ts';
import { type ChangeDeps, changeResources, type Wanted } from './change-resources.ts';
import { diffResource } from './diff-resource.ts';
import { resourcesErrors } from './errors.ts';
import { findWarnings } from './find-warnings.ts';
import { type Kind, readPermission } from './kind.ts';
import type { ResourceDocument } from './read-documents.ts';
import {
  builtInResource,
  loadResources,
  type Resource,
  type ResourceKey,
  type ResourcesTables,
  toResource,
} from './resource.ts';
import { refuseWarnings, type Warnings } from './warning.ts';
import { lockRevision, readRevision } from './write-rows.ts';

export interface ApplyDeps extends ChangeDeps {
  store: Pick<Store, 'transaction'>;
}

export interface ApplyInput {
  caller: Caller;
  documents: readonly ResourceDocument[];
  /** Kinds of which whatever is not in `documents` is deleted. */
  prune?: readonly Kind[];
  /** Refuse when the configuration is not at this revision any more: what a plan showed is what is done. */
  expectedRevision?: number;
  /** Refuse what is probably a mistake, and what could not be looked at for want of a permission. */
  strict?: boolean;
}

export interface AppliedChange {
  action: Action;
  kind: string;
  name: string;
  /** The version after; for a deletion, the one that was deleted. */
  version: number;
  /** What changes, as a unified diff of the YAML. Empty when nothing does. */
  diff: string;
}

export interface ApplyResult extends Warnings {
  /** Counts the changes of this tenant's configuration: after an apply the new one, in a plan the one it is based on. */
  revision: number;
  changes: AppliedChange[];
}

/**
 * Makes everything in `documents` so, in one transaction: all of it or nothing. What is so already is left alone.
 * @throws `reference_missing`, `resource_referenced`, `resource_built_in`, `grant_exceeds_own`, `write_not_permitted`,
 *   `plan_outdated`, `bundle_empty`, `warnings_refused`.
 */
export async function applyResources(deps: ApplyDeps, input: ApplyInput): Promise<ApplyResult> {
  const { tenantId } = input.caller.principal;
  return deps.store.transaction({ tenantId }, async (tx) => {
    const done = await carryOut(tx, deps, input, { record: true });
    return { revision: await readRevision(tx, tenantId), ...done };
  });
}

/**
 * What {@link applyResources} would do, found by doing it and taking it back: a plan can't differ from its apply.
 * Needs permission to read the kinds concerned, since the diff shows what is there.
 */
export async function planResources(deps: ApplyDeps, input: ApplyInput): Promise<ApplyResult> {
  const kinds = [...input.documents.map(({ kind }) => kind), ...(input.prune ?? [])];
  demandPermissions(input.caller, kinds.map(readPermission));
  const { tenantId } = input.caller.principal;
  try {
    return await deps.store.transaction({ tenantId }, async (tx) => {
      const revision = await lockRevision(tx, tenantId);
      const done = await carryOut(tx, deps, input, { record: false });
      throw new Rehearsal({ revision, ...done });
    });
  } catch (error) {
    if (error instanceof Rehearsal) return error.result;
    throw error;
  }
}

/** Thrown to roll a plan back; never leaves this file. */
class Rehearsal {
  readonly result: ApplyResult;
  constructor(result: ApplyResult) {
    this.result = result;
  }
}

async function carryOut(
  tx: Tx,
  deps: ApplyDeps,
  input: ApplyInput,
  options: { record: boolean },
): Promise<Omit<ApplyResult, 'revision'>> {
  const { caller, documents, prune = [], expectedRevision } = input;
  if (documents.length === 0) throw resourcesErrors.bundle_empty();
  const { tenantId } = caller.principal;
  const revision = await lockRevision(tx, tenantId);
  if (expectedRevision !== undefined && expectedRevision !== revision) {
    throw resourcesErrors.plan_outdated({ details: { revision } });
  }
  const keys = documents.map(({ kind, name }) => ({ kind: kind.kind, name }));
  const before = byKey(await loadResources(tx, tenantId, keys));
  const wanted: Wanted[] = documents.map((document) => ({
    kind: document.kind,
    name: document.name,
    before: before.get(keyOf({ kind: document.kind.kind, name: document.name })) ?? builtInBefore(tenantId, document),
    document,
  }));
  for (const kind of prune) wanted.push(...(await surplus(tx, tenantId, kind, wanted)));
  const changes = await changeResources(tx, deps, caller, wanted, options);
  const found = await findWarnings(tx, caller, changes, documents);
  if (input.strict === true) refuseWarnings(found);
  return { changes: changes.map(describe), ...found };
}

/** A document that repeats a built-in word for word changes nothing, and is no error. */
function builtInBefore(tenantId: string, { kind, name }: ResourceDocument): Resource | undefined {
  const spec = kind.builtIns.get(name);
  return spec === undefined ? undefined : builtInResource(tenantId, kind, name, spec);
}

async function surplus(tx: Tx, tenantId: string, kind: Kind, wanted: readonly Wanted[]): Promise<Wanted[]> {
  const kept = new Set(wanted.filter((each) => each.kind.kind === kind.kind).map(({ name }) => name));
  const rows = await tx
    .withTables<ResourcesTables>()
    .selectFrom('resources')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind.kind)
    .orderBy('name')
    .execute();
  return rows
    .filter(({ name }) => !kept.has(name))
    .map((row) => ({ kind, name: row.name, before: toResource(row), document: undefined }));
}

function describe({ action, kind, name, before, after }: Changed): AppliedChange {
  const version = (after ?? before)?.version ?? 0;
  return { action, kind: kind.kind, name, version, diff: diffResource(kind, name, before?.spec, after?.spec) };
}

function byKey(resources: readonly Resource[]): Map<string, Resource> {
  return new Map(resources.map((resource) => [keyOf(resource), resource]));
}

function keyOf({ kind, name }: ResourceKey): string {
  return `${kind}/${name}`;
}

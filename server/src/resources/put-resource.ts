import type { Tx } from '#store';
import type { ApplyDeps } from './apply-resources.ts';
import type { Caller } from './caller.ts';
import type { Changed } from './change.ts';
import { changeResources } from './change-resources.ts';
import { resourcesErrors } from './errors.ts';
import { findResource, notFound } from './find-resource.ts';
import type { Kind } from './kind.ts';
import type { ResourceDocument } from './read-documents.ts';
import { type Resource, resourceTag } from './resource.ts';
import { lockRevision } from './write-rows.ts';

/**
 * What the caller believes to be there: nothing, anything, or one of these states (see {@link resourceTag}). The guard
 * against lost updates: two people who read the same state can't both replace it.
 */
export type Expected = 'absent' | 'present' | readonly string[];

export interface PutInput {
  caller: Caller;
  document: ResourceDocument;
  /** Needed to change what exists; without it, only a new resource, or one that is already so, is accepted. */
  expected?: Expected;
}

export interface PutResult<Spec = unknown> {
  action: 'create' | 'update' | 'unchanged';
  resource: Resource<Spec>;
}

/**
 * Creates or replaces one resource.
 * @throws `resource_exists`, `resource_changed`, `resource_not_found`, `resource_precondition_missing`, and what
 *   changing resources throws.
 */
export async function putResource(deps: ApplyDeps, { caller, document, expected }: PutInput): Promise<PutResult> {
  const { kind, name } = document;
  return deps.store.transaction({ tenantId: caller.principal.tenantId }, async (tx) => {
    const before = await lockAndFind(tx, caller, kind, name);
    demandExpected(kind, name, before, expected);
    const [changed] = await changeResources(tx, deps, caller, [{ kind, name, before, document }], { record: true });
    if (changed?.action === 'update' && expected === undefined) throw resourcesErrors.resource_precondition_missing();
    return toPutResult(changed, kind, name);
  });
}

export interface DeleteInput {
  caller: Caller;
  kind: Kind;
  name: string;
  expected?: Expected;
}

/** Deletes one resource, unless others refer to it. @throws `resource_referenced`, `resource_not_found`, `resource_changed`. */
export async function deleteResource(deps: ApplyDeps, { caller, kind, name, expected }: DeleteInput): Promise<void> {
  await deps.store.transaction({ tenantId: caller.principal.tenantId }, async (tx) => {
    const before = await lockAndFind(tx, caller, kind, name);
    if (before === undefined) throw notFound(kind, name);
    demandExpected(kind, name, before, expected);
    await changeResources(tx, deps, caller, [{ kind, name, before, document: undefined }], { record: true });
  });
}

async function lockAndFind(tx: Tx, caller: Caller, kind: Kind, name: string): Promise<Resource | undefined> {
  const { tenantId } = caller.principal;
  await lockRevision(tx, tenantId);
  return findResource(tx, { tenantId, kind, name });
}

function demandExpected(kind: Kind, name: string, before: Resource | undefined, expected: Expected | undefined): void {
  if (expected === undefined) return;
  if (expected === 'absent') {
    if (before !== undefined) throw resourcesErrors.resource_exists();
    return;
  }
  // RFC 9110 §13.1.1: If-Match on a resource that does not exist is false, whatever it says.
  if (before === undefined)
    throw resourcesErrors.resource_changed({ message: `There is no ${kind.kind} named "${name}" (any more).` });
  if (expected === 'present' || expected.includes(resourceTag(before))) return;
  throw resourcesErrors.resource_changed({ details: { version: before.version } });
}

function toPutResult(changed: Changed | undefined, kind: Kind, name: string): PutResult {
  if (changed?.after === undefined || changed.action === 'delete') throw notFound(kind, name);
  return { action: changed.action, resource: changed.after };
}

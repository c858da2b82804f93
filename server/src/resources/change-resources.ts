import { isDeepStrictEqual } from 'node:util';
import { recordEvent } from '#audit';
import { type Clock, newId, type Random } from '#base';
import { recordChange, type Tx } from '#store';
import { resourceEventType } from './audit-events.ts';
import { type Caller, demandPermissions } from './caller.ts';
import type { Changed } from './change.ts';
import { checkConflicts } from './check-conflicts.ts';
import { checkOwners } from './check-owners.ts';
import { checkReferences } from './check-references.ts';
import { resourcesErrors } from './errors.ts';
import { refuseUsed } from './find-uses.ts';
import { type Kind, writePermission } from './kind.ts';
import { ownResources } from './own-resources.ts';
import type { ResourceDocument } from './read-documents.ts';
import type { Resource, ResourcesTables } from './resource.ts';
import { deleteRows, insertRows, nextRevision, replaceReferences, updateRow } from './write-rows.ts';

export interface ChangeDeps {
  clock: Clock;
  random: Random;
}

/** What is to become of one resource. `document` absent: delete it. */
export interface Wanted {
  kind: Kind;
  name: string;
  before: Resource | undefined;
  document: ResourceDocument | undefined;
}

/**
 * Carries out all of `wanted`, or throws and so undoes the transaction: the tenant's revision must be locked already.
 * What is as wanted already is left alone: no new version, no event.
 */
export async function changeResources(
  tx: Tx,
  deps: ChangeDeps,
  caller: Caller,
  wanted: readonly Wanted[],
  options: { record: boolean },
): Promise<Changed[]> {
  const changes = wanted.map((each) => decide(deps, caller.principal.tenantId, each));
  if (changes.every(({ action }) => action === 'unchanged')) return changes;
  const all = await ownResources(tx, caller, changes);
  const real = all.filter(({ action }) => action !== 'unchanged');
  const documents = new Map(wanted.map(({ kind, name, document }) => [`${kind.kind}/${name}`, document]));
  const written = real.flatMap(({ kind, name }) => documents.get(`${kind.kind}/${name}`) ?? []);
  refuseBuiltIns(real);
  if (options.record)
    demandPermissions(
      caller,
      real.map(({ kind }) => writePermission(kind)),
    );
  refuseEscalation(caller, written);
  await write(tx, caller.principal.tenantId, real, written);
  // Whoever may only look at what would change is not the one who carries it out; who may write hears what he would hear then.
  await authorize(tx, caller, options.record ? real : real.filter(({ kind }) => caller.holds(writePermission(kind))));
  const deleted = real.flatMap(({ action, kind, before }) =>
    action === 'delete' && before !== undefined ? [{ kind, id: before.id, name: before.name }] : [],
  );
  await refuseUsed(tx, { tenantId: caller.principal.tenantId, now: deps.clock.now() }, deleted);
  await settle(tx, deps, caller, real);
  if (options.record) await recordAll(tx, deps, caller, real);
  return all;
}

function decide({ clock, random }: ChangeDeps, tenantId: string, { kind, name, before, document }: Wanted): Changed {
  if (document === undefined)
    return { action: before === undefined ? 'unchanged' : 'delete', kind, name, before, after: undefined };
  if (before !== undefined && isDeepStrictEqual(before.spec, document.spec)) {
    return { action: 'unchanged', kind, name, before, after: before };
  }
  const now = clock.now();
  const after: Resource =
    before === undefined
      ? {
          tenantId,
          kind: kind.kind,
          id: newId(kind.idKind, { clock, random }),
          name,
          spec: document.spec,
          version: 1,
          createdAt: now,
          updatedAt: now,
          builtIn: false,
        }
      : { ...before, spec: document.spec, version: before.version + 1, updatedAt: now };
  return { action: before === undefined ? 'create' : 'update', kind, name, before, after };
}

function refuseBuiltIns(changes: readonly Changed[]): void {
  const found = changes.find(({ kind, name }) => kind.builtIns.has(name));
  if (found === undefined) return;
  throw resourcesErrors.resource_built_in({
    message: `The ${found.kind.kind} "${found.name}" is part of the program. It can be neither changed nor deleted; make one of your own instead.`,
  });
}

async function authorize(tx: Tx, caller: Caller, changes: readonly Changed[]): Promise<void> {
  for (const { kind, name, before, after } of changes)
    if (after !== undefined) await kind.authorize?.(tx, { caller, name, before: before?.spec, after: after.spec });
}

/** Nobody hands out what he does not hold, or a writer of roles could make himself administrator. */
function refuseEscalation(caller: Caller, written: readonly ResourceDocument[]): void {
  const granted = written.flatMap(({ kind, spec }) => kind.grants(spec));
  const scopes =
    caller.principal.organizationId === undefined ? [] : written.flatMap(({ kind, spec }) => kind.scopes(spec));
  const missing = [
    ...[...new Set(granted)].filter((permission) => !caller.holds(permission)).sort(),
    ...[...new Set(scopes)].filter((scope) => caller.holdsScope?.(scope) !== true).sort(),
  ];
  if (missing.length === 0) return;
  throw resourcesErrors.grant_exceeds_own({
    message: `You may not hand out permissions that you do not hold yourself: ${missing.slice(0, 20).join(', ')}.`,
    details: { missing },
  });
}

async function write(
  tx: Tx,
  tenantId: string,
  changes: readonly Changed[],
  written: readonly ResourceDocument[],
): Promise<void> {
  const deleted = changes
    .filter(({ action }) => action === 'delete')
    .map(({ kind, name }) => ({ kind: kind.kind, name }));
  await deleteRows(tx, tenantId, deleted);
  await insertRows(
    tx,
    changes.flatMap(({ action, after }) => (action === 'create' && after !== undefined ? [after] : [])),
  );
  for (const { action, after } of changes) if (action === 'update' && after !== undefined) await updateRow(tx, after);
  await replaceReferences(tx, tenantId, written);
  await checkReferences(tx, tenantId, written, deleted);
  await checkConflicts(tx, tenantId, written);
  await checkOwners(tx, tenantId, written);
  await nextRevision(tx, tenantId);
}

/** Once for each function, however many kinds name it. */
async function settle(
  tx: Tx,
  { clock }: ChangeDeps,
  { principal, message }: Caller,
  changes: readonly Changed[],
): Promise<void> {
  const { tenantId } = principal;
  const load = async <Spec>(kind: Kind<Spec>) => {
    const rows = await tx
      .withTables<ResourcesTables>()
      .selectFrom('resources')
      .select(['id', 'organization_id', 'name', 'spec'])
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind.kind)
      .orderBy('name')
      .execute();
    return rows.map(({ id, organization_id: owner, name, spec }) => ({
      id,
      ...(owner === null ? {} : { organizationId: owner }),
      name,
      spec: spec as Spec,
    }));
  };
  const isChanged = (kind: Kind, name: string) =>
    changes.some((change) => change.kind.kind === kind.kind && change.name === name);
  for (const call of new Set(changes.flatMap(({ kind }) => kind.settle ?? []))) {
    await call(tx, { tenantId, principal, at: clock.now(), message, isChanged, load });
  }
}

async function recordAll(tx: Tx, deps: ChangeDeps, caller: Caller, changes: readonly Changed[]): Promise<void> {
  const { tenantId } = caller.principal;
  for (const { action, kind, name, before, after } of changes) {
    const subject = after ?? before;
    if (subject === undefined || action === 'unchanged') continue;
    await recordEvent(tx, deps, {
      tenantId,
      ...(subject.organizationId === undefined ? {} : { organizationId: subject.organizationId }),
      type: resourceEventType(kind.kind, action),
      actor: caller.principal,
      target: { type: kind.kind, id: subject.id, name },
      detail: {
        version: subject.version,
        ...(action === 'update' ? { fields: changedFields(before?.spec, after?.spec) } : {}),
      },
    });
    await recordChange(tx, {
      tenantId,
      topic: `resource:${kind.kind}`,
      id: name,
      operation: action === 'delete' ? 'delete' : 'put',
    });
  }
}

/** Names only: the event says what was touched, the versions before and after can be compared from exports. */
function changedFields(before: unknown, after: unknown): string[] {
  const left = Object.entries(before ?? {});
  const right = new Map(Object.entries(after ?? {}));
  const gone = left.filter(([name, value]) => !isDeepStrictEqual(right.get(name), value)).map(([name]) => name);
  const added = [...right.keys()].filter((name) => !left.some(([known]) => known === name));
  return [...gone, ...added].sort();
}

import type { Tx } from '#store';
import type { Caller } from './caller.ts';
import type { Changed } from './change.ts';
import { type Finding, type Kind, readPermission, type WarningCheck, type World, type WorldResource } from './kind.ts';
import type { ResourceDocument } from './read-documents.ts';
import type { ResourcesTables } from './resource.ts';
import type { Warning, Warnings } from './warning.ts';

/** Nobody reads more in one go; how many there are besides is told. */
const WARNINGS_MAX = 100;

type Specs = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

/**
 * What is probably a mistake once the change is written, be it in what was sent, changed or not, or in what stood before and
 * only goes wrong by this change. What was wrong before, and is not in what was sent, is not its fault.
 *
 * A caller hears nothing that comes of kinds he may not read; from inside an organization, where most of the configuration is
 * not seen at all, nothing is judged.
 */
export async function findWarnings(
  tx: Tx,
  caller: Caller,
  changes: readonly Changed[],
  documents: readonly ResourceDocument[],
): Promise<Warnings> {
  const none: Warnings = { warnings: [], warningsLeftOut: 0, warningsNeed: [] };
  if (caller.principal.organizationId !== undefined) return none;
  const concerned = [...new Set(changes.flatMap(({ kind }) => kind.warnings))];
  const isReadable = (kind: Kind) => caller.holds(readPermission(kind));
  const checks = concerned.filter(({ reads }) => reads.every(isReadable));
  const unread = concerned.flatMap(({ reads }) => reads.filter((kind) => !isReadable(kind)));
  const warningsNeed = [...new Set(unread.map(readPermission))].sort();
  if (checks.length === 0) return { ...none, warningsNeed };

  const after = await readSpecs(tx, caller.principal.tenantId, checks);
  const sent = new Map(documents.map((document) => [keyOf(document.kind.kind, document.name), document]));
  const isSent = ({ kind, name }: Finding) => sent.has(keyOf(kind.kind, name));
  const found = await findIn(checks, after);
  const isOther = (finding: Finding) => !isSent(finding);
  // Only what is told of others takes a look at how it was.
  const inDoubt = checks.filter((check) => found.get(check)?.some(isOther));
  const before = await findIn(inDoubt, inDoubt.length === 0 ? after : specsBefore(after, changes));
  const known = new Set([...before.values()].flat().map(sameness));
  const fresh = [...found.values()].flat().filter((finding) => isSent(finding) || !known.has(sameness(finding)));
  const told = inOrderSent(fresh, [...sent.keys()]).slice(0, WARNINGS_MAX);
  return {
    warnings: told.map((finding) => toWarning(finding, sent.get(keyOf(finding.kind.kind, finding.name)))),
    warningsLeftOut: fresh.length - told.length,
    warningsNeed,
  };
}

async function readSpecs(tx: Tx, tenantId: string, checks: readonly WarningCheck[]): Promise<Specs> {
  const kinds = new Map(checks.flatMap(({ reads }) => reads).map((kind) => [kind.kind, kind]));
  const rows = await tx
    .withTables<ResourcesTables>()
    .selectFrom('resources')
    .select(['kind', 'name', 'spec'])
    .where('tenant_id', '=', tenantId)
    .where('kind', 'in', [...kinds.keys()])
    .orderBy('name')
    .execute();
  const specs = new Map([...kinds].map(([name, { builtIns }]) => [name, new Map<string, unknown>(builtIns)]));
  for (const { kind, name, spec } of rows) specs.get(kind)?.set(name, spec);
  return specs;
}

function specsBefore(after: Specs, changes: readonly Changed[]): Specs {
  const before = new Map([...after].map(([kind, specs]) => [kind, new Map(specs)]));
  for (const { kind, name, before: was } of changes) {
    if (was === undefined) before.get(kind.kind)?.delete(name);
    else before.get(kind.kind)?.set(name, was.spec);
  }
  return before;
}

async function findIn(checks: readonly WarningCheck[], specs: Specs): Promise<Map<WarningCheck, readonly Finding[]>> {
  const lists = new Map<string, readonly WorldResource<unknown>[]>();
  for (const [kind, named] of specs)
    lists.set(
      kind,
      [...named].map(([name, spec]) => ({ name, spec })),
    );
  const world: World = {
    all: <Spec>({ kind }: Kind<Spec>) => (lists.get(kind) ?? []) as readonly WorldResource<Spec>[],
  };
  const found = new Map<WarningCheck, readonly Finding[]>();
  for (const check of checks) {
    found.set(check, await check.find(world));
    // Among thousands of routes one takes tens of milliseconds: requests have their turn in between.
    await new Promise(setImmediate);
  }
  return found;
}

/** As in the files, and what else goes wrong at the end. */
function inOrderSent(findings: readonly Finding[], sent: readonly string[]): Finding[] {
  const places = new Map(sent.map((key, index) => [key, index]));
  const placeOf = ({ kind, name }: Finding) => places.get(keyOf(kind.kind, name)) ?? sent.length;
  return findings.toSorted((one, other) => placeOf(one) - placeOf(other));
}

function toWarning({ code, kind, name, path, message }: Finding, document: ResourceDocument | undefined): Warning {
  const place = ['spec', ...path.split('.')];
  return {
    code,
    kind: kind.kind,
    name,
    ...(document?.located(place) ?? { path: place.join('.') }),
    message: message(),
  };
}

const keyOf = (kind: string, name: string): string => `${kind}/${name}`;
const sameness = ({ code, kind, name, path, about }: Finding): string =>
  [code, kind.kind, name, path, about].join('\n');

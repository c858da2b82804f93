import { z } from 'zod';
import type { FieldError, IdKind, Principal } from '#base';
import type { Tx } from '#store';
import type { Caller } from './caller.ts';
import { type JsonSchema, looseObjects } from './json-schema.ts';
import type { FindUses } from './uses.ts';

/** One resource needs another: `path` says where in the spec (`apis.0`). */
export interface Reference {
  kind: string;
  name: string;
  path: string;
}

/** Two resources of one kind that can't both stand: `path` (in the spec of the second) says where they clash. */
export interface Conflict {
  first: string;
  second: string;
  path: string;
  message: string;
}

/** What a room says about a kind, once. Everything else (storage, routes, permissions, events, YAML) derives from it. */
export interface KindDefinition<Schema extends z.ZodType> {
  /** Singular, as in `kind: route`. */
  kind: string;
  /** As in `/api/v1/routes` and in permissions `routes:read`, `routes:write`. */
  plural: string;
  idKind: IdKind;
  description: string;
  /** Strict objects only: an unknown field is an error. Reading its own output again must change nothing. */
  schema: Schema;
  /** There is one in a tenant, or none: it is named {@link SINGLETON_NAME}, and a mistyped name is no second one. */
  singleton?: true;
  /** Resources that must exist for this one to make sense. Checked when the whole bundle stands. */
  references?: (spec: z.output<Schema>) => readonly Reference[];
  /** What a schema can't say. Paths are relative to the spec. */
  check?: (spec: z.output<Schema>) => readonly FieldError[];
  /** What can only be said of all resources of the kind together. Checked when the whole bundle stands. */
  conflicts?: (resources: readonly { name: string; spec: z.output<Schema> }[]) => readonly Conflict[];
  /** Permissions that this resource hands out: whoever writes it must hold them, so that nobody lifts himself up. */
  grants?: (spec: z.output<Schema>) => readonly string[];
  /**
   * An organization may own such a resource: its name, as the spec says; undefined: it is the tenant's. The kind also lists
   * it among its references. What follows from it stands in own-resources.ts.
   */
  ownedBy?: (spec: z.output<Schema>) => string | undefined;
  /** What only holds beside its owner as it stands, given the owner's spec. Checked when the whole bundle stands. */
  fitsOwner?: (spec: z.output<Schema>, owner: unknown) => readonly FieldError[];
  /** Scopes of APIs that it hands out: who writes it from inside an organization must be able to give them there. */
  scopes?: (spec: z.output<Schema>) => readonly string[];
  /**
   * What of it not everybody may say who may write it. Called for each that is created or changed, in the transaction,
   * when all is written; it refuses by throwing. In a rehearsal too, of who may write the kind.
   */
  authorize?: Authorize<z.output<Schema>>;
  /** What uses it in the room's own tables, where resources can't see it: while it is used it can't be deleted. */
  uses?: FindUses;
  /** What has to be so of several kinds together, and what a room keeps besides: see {@link Settle}. */
  settle?: Settle;
  /** Resources that are part of the program: always there, never changed. */
  builtIns?: Readonly<Record<string, z.input<Schema>>>;
}

/**
 * Called once in the transaction of a change, when all of it is written, for every kind that it touches; kinds that name the
 * same function have it called once. It may refuse by throwing, and write into tables of its own room.
 */
export type Settle = (tx: Tx, input: SettleInput) => Promise<void>;

export type Authorize<Spec> = (tx: Tx, input: AuthorizeInput<Spec>) => Promise<void>;

export interface AuthorizeInput<Spec> {
  caller: Caller;
  name: string;
  /** Absent: it was not there. */
  before: Spec | undefined;
  after: Spec;
}

export interface SettleInput {
  tenantId: string;
  principal: Principal;
  /** Milliseconds. */
  at: number;
  /** What the change is for, in its author's words. */
  message: string | undefined;
  /** Was it created or changed now? What was so before, and clashes, is not the fault of this change. */
  isChanged(kind: Kind, name: string): boolean;
  /** All resources of a kind as they stand now, by name. */
  load<Spec>(kind: Kind<Spec>): Promise<LoadedResource<Spec>[]>;
}

export interface LoadedResource<Spec> {
  id: string;
  /** Whose it is; absent: the tenant's. */
  organizationId?: string;
  name: string;
  spec: Spec;
}

/** Methods, not function properties: a `Kind<RouteSpec>` must be usable where any kind is. */
export interface Kind<Spec = unknown> {
  readonly kind: string;
  readonly plural: string;
  readonly idKind: IdKind;
  readonly description: string;
  readonly schema: z.ZodType<Spec>;
  /** Of the spec, made when it is first asked for. @throws TypeError where the declaration would let unknown fields pass. */
  jsonSchema(): JsonSchema;
  readonly singleton: boolean;
  readonly builtIns: ReadonlyMap<string, Spec>;
  references(spec: Spec): readonly Reference[];
  check(spec: Spec): readonly FieldError[];
  /** Absent when each resource stands for itself, so that the others need not be read. */
  conflicts?(resources: readonly { name: string; spec: Spec }[]): readonly Conflict[];
  grants(spec: Spec): readonly string[];
  /** Absent where all there are belong to the tenant. */
  ownedBy?(spec: Spec): string | undefined;
  fitsOwner?(spec: Spec, owner: unknown): readonly FieldError[];
  scopes(spec: Spec): readonly string[];
  authorize?(tx: Tx, input: AuthorizeInput<Spec>): Promise<void>;
  uses: FindUses;
  readonly settle?: Settle;
  /** What of it is allowed and probably a mistake; given where all kinds are put together (`warnedBy`). */
  readonly warnings: readonly WarningCheck[];
}

/** Everything there would be after a change, of the kinds that a check reads: in memory, and what is part of the program too. */
export interface World {
  all<Spec>(kind: Kind<Spec>): readonly WorldResource<Spec>[];
}

export interface WorldResource<Spec> {
  name: string;
  spec: Spec;
}

/** What a check found. Paths are relative to the spec. */
export interface Finding {
  /** Stable, for programs. */
  code: string;
  kind: Kind;
  name: string;
  path: string;
  /** The word at fault: tells two findings at one path apart. */
  about: string;
  /** Asked only for what is shown: looking for the word that was meant takes longer than looking for the fault. */
  message: () => string;
}

/**
 * Something that is well-formed and allowed, and yet almost surely a mistake. It stops nothing, so it must be right nearly
 * always: one that is often wrong teaches people to read none.
 */
export interface WarningCheck {
  /** All that it looks at. Who may not read one of these is told nothing by it. */
  reads: readonly Kind[];
  /** Looks at everything, in a time that grows with its size and no faster. */
  find(world: World): readonly Finding[] | Promise<readonly Finding[]>;
}

export type SpecOf<K> = K extends Kind<infer Spec> ? Spec : never;

/** Shaped like a DNS label (RFC 1035 §2.3.1), so that a name fits a URL, a host name and a file name. */
export const NAME_PATTERN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** What it asks for, in words. */
export const NAME_RULE = 'lower-case letters, digits and hyphens, 1 to 63, with a letter or digit at both ends';
export const SINGLETON_NAME = 'default';
const WORD_PATTERN = /^[a-z][a-z_]{1,30}$/;

/** Declares a kind. @throws TypeError for names and built-in resources that could not be kept; see also `jsonSchema`. */
export function defineKind<Schema extends z.ZodType>(definition: KindDefinition<Schema>): Kind<z.output<Schema>> {
  const { kind, plural, schema } = definition;
  if (!WORD_PATTERN.test(kind) || !WORD_PATTERN.test(plural)) {
    throw new TypeError(`kind "${kind}": kind and plural must be lower-case words`);
  }
  let described: JsonSchema | undefined;
  const builtIns = Object.entries(definition.builtIns ?? {}).map(([name, spec]) => [name, schema.parse(spec)] as const);
  return Object.freeze({
    kind,
    plural,
    idKind: definition.idKind,
    description: definition.description,
    schema: schema as z.ZodType<z.output<Schema>>,
    jsonSchema: () => {
      described ??= describeSpec(kind, schema);
      return described;
    },
    singleton: definition.singleton ?? false,
    builtIns: new Map(builtIns),
    references: definition.references ?? (() => []),
    check: definition.check ?? (() => []),
    ...(definition.conflicts === undefined ? {} : { conflicts: definition.conflicts }),
    grants: definition.grants ?? (() => []),
    ...(definition.ownedBy === undefined ? {} : { ownedBy: definition.ownedBy }),
    ...(definition.fitsOwner === undefined ? {} : { fitsOwner: definition.fitsOwner }),
    scopes: definition.scopes ?? (() => []),
    ...(definition.authorize === undefined ? {} : { authorize: definition.authorize }),
    uses: definition.uses ?? (async () => []),
    ...(definition.settle === undefined ? {} : { settle: definition.settle }),
    warnings: [],
  });
}

function describeSpec(kind: string, schema: z.ZodType): JsonSchema {
  const jsonSchema = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const loose = looseObjects(jsonSchema);
  if (loose.length === 0) return jsonSchema;
  throw new TypeError(
    `kind "${kind}": use z.strictObject, so that unknown fields are refused (at ${loose.join(', ')})`,
  );
}

export const readPermission = (kind: Kind): string => `${kind.plural}:read`;
export const writePermission = (kind: Kind): string => `${kind.plural}:write`;

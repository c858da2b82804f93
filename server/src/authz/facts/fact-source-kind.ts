import { z } from 'zod';
import type { FieldError } from '#base';
import { type Conflict, defineKind } from '#resources';
import { isEntityType } from '../entity-type.ts';
import { isRelationName } from '../relations/tuple.ts';
import { isUlid } from '../relations/ulid.ts';

const TYPES_MAX = 100;

const factSourceSchema = z.strictObject({
  store: z.string().refine(isUlid, 'must be the id of a relationship store').describe('Id of the relationship store.'),
  model: z
    .string()
    .refine(isUlid, 'must be the id of an authorization model')
    .optional()
    .describe('Id of its authorization model; the newest when absent.'),
  types: z
    .record(z.string().min(1).max(200), z.string().min(1).max(254))
    .refine((types) => Object.keys(types).length <= TYPES_MAX, `at most ${TYPES_MAX} types`)
    .describe('Which type of the model stands for which entity type of policies: `Document: document`.'),
  description: z.string().max(1000).optional().describe('What it is for, for people.'),
});

export type FactSourceSpec = z.output<typeof factSourceSchema>;

export const factSourceKind = defineKind({
  kind: 'fact_source',
  plural: 'fact_sources',
  idKind: 'factSource',
  description:
    'A relationship store whose relationships policies see, as `resource.relations.editor.contains(principal)`.',
  schema: factSourceSchema,
  check: ({ types }): FieldError[] =>
    Object.entries(types).flatMap(([entityType, type]) => {
      const path = `types.${entityType}`;
      if (!isEntityType(entityType)) return [{ path, message: 'is not the name of an entity type in Cedar' }];
      return isRelationName(type) ? [] : [{ path, message: 'is not the name of a type in an authorization model' }];
    }),
  conflicts: (sources) => {
    const owners = new Map<string, string>();
    const conflicts: Conflict[] = [];
    for (const { name, spec } of sources) {
      for (const entityType of Object.keys(spec.types)) {
        const first = owners.get(entityType);
        if (first === undefined) owners.set(entityType, name);
        else {
          const message = `${entityType} has its relationships in ${first} already`;
          conflicts.push({ first, second: name, path: `types.${entityType}`, message });
        }
      }
    }
    return conflicts;
  },
});

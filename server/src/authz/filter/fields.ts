import { z } from 'zod';
import { isEntityType } from '../entity-type.ts';
import { ID_FIELD } from './condition.ts';

/**
 * How the attributes of a type of resource stand in a table. A column must hold what the check would be given: an
 * attribute that is absent is NULL.
 */
export const FIELD_TYPES = ['string', 'long', 'boolean', 'entity', 'strings', 'longs', 'entities'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

const entityType = z.string().max(200).refine(isEntityType, 'must be the name of an entity type');
const NAME = /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/;
const column = z.string().regex(NAME, 'must be the name of a column, as PostgreSQL takes it without quotes');
const fieldSchema = z.strictObject({
  type: z.enum(FIELD_TYPES),
  column: column.optional().describe('The name of the attribute unless given.'),
  entityType: entityType.optional().describe('Of entity and entities: whose ids the column holds.'),
  notNull: z
    .boolean()
    .default(false)
    .describe('The column is NOT NULL: every resource has the attribute. Say so only where the database holds it.'),
  uuid: z.boolean().default(false).describe('The column is of the type uuid (of string and entity).'),
});

export const tableSchema = z
  .strictObject({
    resourceType: entityType,
    table: column.optional().describe('Alias or table that qualifies the columns.'),
    id: column.default('id').describe('The column of the id.'),
    uuid: z.boolean().default(false).describe('The id is of the type uuid.'),
    attributes: z.record(z.string().min(1).max(128), fieldSchema).default({}),
  })
  .refine(({ attributes }) => Object.keys(attributes).length <= 200, 'has at most 200 attributes')
  .refine(
    ({ attributes }) =>
      Object.values(attributes).every((field) => field.type.startsWith('entit') === (field.entityType !== undefined)),
    'has entityType for attributes of the types entity and entities, and for no others',
  )
  .refine(({ attributes }) => !Object.hasOwn(attributes, ID_FIELD) && !Object.hasOwn(attributes, 'relations'), {
    message: 'has an attribute with a reserved name',
  });

export type TableSpec = z.output<typeof tableSchema>;

/** One field, ready to be compared with. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly entityType: string | undefined;
  readonly nullable: boolean;
  readonly column: string;
  readonly uuid: boolean;
}

/** All fields of a table, the id among them. */
export function fieldsOf({ resourceType, id, uuid, attributes }: TableSpec): ReadonlyMap<string, Field> {
  const own: Field = { name: ID_FIELD, type: 'entity', entityType: resourceType, nullable: false, column: id, uuid };
  const fields = Object.entries(attributes).map(
    ([name, field]): Field => ({
      name,
      type: field.type,
      entityType: field.entityType,
      nullable: !field.notNull,
      column: field.column ?? name,
      uuid: field.uuid,
    }),
  );
  return new Map([own, ...fields].map((field) => [field.name, field]));
}

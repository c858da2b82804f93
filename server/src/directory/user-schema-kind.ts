import { z } from 'zod';
import { LIMITS, parse } from '#base';
import { defineKind, findResource, SINGLETON_NAME } from '#resources';
import type { Tx } from '#store';
import type { UserAttributes } from './tables.ts';
import { ATTRIBUTE_NAME } from './users-schema.ts';

const description = z.string().max(LIMITS.textLengthMax).optional().describe('For people: what it is for.');
const length = z.int().min(1).max(LIMITS.textLengthMax);
const text = z.string().max(LIMITS.textLengthMax);

/** A small part of JSON Schema: no patterns, which can be made to run for ever, and nothing nested. */
const attribute = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('string'),
    description,
    minLength: length.optional(),
    maxLength: length.optional(),
    enum: z.array(text).min(1).max(LIMITS.listLengthMax).optional().describe('the values there are'),
  }),
  z.strictObject({
    type: z.enum(['number', 'integer']),
    description,
    minimum: z.number().optional(),
    maximum: z.number().optional(),
  }),
  z.strictObject({ type: z.literal('boolean'), description }),
  z.strictObject({
    type: z.literal('array').describe('of texts'),
    description,
    maxItems: z.int().min(1).max(LIMITS.listLengthMax).optional(),
    enum: z.array(text).min(1).max(LIMITS.listLengthMax).optional().describe('the values there are'),
  }),
]);

type Attribute = z.output<typeof attribute>;

const schema = z.strictObject({
  attributes: z
    .record(z.string().regex(ATTRIBUTE_NAME, 'use letters, digits and _, beginning with a letter'), attribute)
    .refine((attributes) => Object.keys(attributes).length <= LIMITS.listLengthMax, 'at most 200')
    .describe('By name, what is known of a person besides name and address.'),
  required: z
    .array(z.string())
    .max(LIMITS.listLengthMax)
    .default([])
    .describe('Attributes that everybody must have. Asked of a person when they are next changed.'),
  selfEditable: z
    .array(z.string())
    .max(LIMITS.listLengthMax)
    .default([])
    .describe('Attributes that people may change of themselves, on their account page, in this order.'),
});

export type UserSchemaSpec = z.output<typeof schema>;

export const userSchemaKind = defineKind({
  kind: 'user_schema',
  plural: 'user_schemas',
  idKind: 'userSchema',
  description: 'Which attributes people have, besides name and address. Without one they have none.',
  singleton: true,
  schema,
  check: ({ attributes, ...lists }) =>
    (['required', 'selfEditable'] as const).flatMap((list) =>
      lists[list].flatMap((name, index) =>
        name in attributes ? [] : [{ path: `${list}.${index}`, message: `there is no attribute "${name}"` }],
      ),
    ),
});

/**
 * Attributes as the tenant's schema has them at this moment.
 * @throws `invalid_input`, naming each attribute at fault.
 */
export async function readAttributes(tx: Tx, tenantId: string, attributes: UserAttributes): Promise<UserAttributes> {
  const found = await findResource(tx, { tenantId, kind: userSchemaKind, name: SINGLETON_NAME });
  const spec = found?.spec ?? { attributes: {}, required: [], selfEditable: [] };
  return parse(z.strictObject({ attributes: shapeOf(spec) }), { attributes }).attributes;
}

function shapeOf({ attributes, required }: UserSchemaSpec): z.ZodType<UserAttributes> {
  const needed = new Set(required);
  const members = Object.entries(attributes).map(([name, declared]) => {
    const value = VALUES[declared.type](declared);
    return [name, needed.has(name) ? value : value.optional()] as const;
  });
  return z.strictObject(Object.fromEntries(members)) as unknown as z.ZodType<UserAttributes>;
}

type Bounds = { type: string } & Partial<
  Record<'minLength' | 'maxLength' | 'minimum' | 'maximum' | 'maxItems', number | undefined>
> & {
    enum?: string[] | undefined;
  };

const oneOf = (values: string[] | undefined) =>
  z.string().refine((value) => values === undefined || values.includes(value), `use one of ${values?.join(', ')}`);

const VALUES: Record<Attribute['type'], (bounds: Bounds) => z.ZodType> = {
  string: ({ minLength = 0, maxLength = LIMITS.textLengthMax, enum: values }) =>
    oneOf(values).refine(
      ({ length: size }) => size >= minLength && size <= maxLength,
      `use ${minLength} to ${maxLength} characters`,
    ),
  number: bounded(z.number()),
  integer: bounded(z.int()),
  boolean: () => z.boolean(),
  array: ({ maxItems = LIMITS.listLengthMax, enum: values }) => z.array(oneOf(values)).max(maxItems),
};

function bounded(number: z.ZodNumber): (bounds: Bounds) => z.ZodType {
  return ({ minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }) => number.min(minimum).max(maximum);
}

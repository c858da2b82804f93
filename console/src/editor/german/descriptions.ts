import type { JsonSchema } from '../json-schema.ts';
import { gateway } from './gateway.ts';
import { germanLabels, otherLabels } from './labels.ts';
import { peopleAndRules } from './people-and-rules.ts';
import { tokens } from './tokens.ts';

/**
 * What the server says of kinds and their fields, in German, by what it says in English: the same sentence stands at several
 * fields, and one that is reworded has no translation any more, rather than an old one. What is missing, and what is said no
 * longer, server/src/german-descriptions.test.ts tells.
 */
export const germanDescriptions: Readonly<Record<string, string>> = { ...gateway, ...tokens, ...peopleAndRules };

export const inGerman = (text: string): string =>
  Object.hasOwn(germanDescriptions, text) ? (germanDescriptions[text] ?? text) : text;

function titled(name: string, schema: JsonSchema): JsonSchema {
  const said = schema.description ?? '';
  const title = Object.hasOwn(otherLabels, said) ? otherLabels[said] : germanLabels[name];
  return title === undefined ? schemaInGerman(schema) : { ...schemaInGerman(schema), title };
}

/** The same schema with German descriptions, and with titles for its fields. */
export function schemaInGerman(schema: JsonSchema): JsonSchema {
  const { description, properties, items, additionalProperties, anyOf, oneOf } = schema;
  return {
    ...schema,
    ...(description === undefined ? {} : { description: inGerman(description) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, titled(name, each)])),
        }),
    ...(items === undefined ? {} : { items: schemaInGerman(items) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: schemaInGerman(additionalProperties) } : {}),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(schemaInGerman) }),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map(schemaInGerman) }),
  };
}

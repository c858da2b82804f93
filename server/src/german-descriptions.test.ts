import { describe, expect, test } from 'vitest';
import { germanDescriptions, schemaInGerman } from '../../console/src/editor/german/descriptions.ts';
import { germanLabels, otherLabels } from '../../console/src/editor/german/labels.ts';
import { KINDS } from './kinds.ts';

/** Every description in a schema, wherever it stands. */
function descriptionsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, value]) =>
    name === 'description' && typeof value === 'string' ? [value] : descriptionsIn(value),
  );
}

const code = (text: string) => [...text.matchAll(/`[^`]+`|RFC \d+|<[^>]+>/g)].map(([found]) => found).sort();

describe('what the console says in German of fields', () => {
  const said = new Set(
    KINDS.all.flatMap(({ description, jsonSchema }) => [description, ...descriptionsIn(jsonSchema())]),
  );

  test('nothing is missing', () => {
    expect([...said].filter((text) => !Object.hasOwn(germanDescriptions, text))).toEqual([]);
  });

  test('nothing is translated that is not said any more', () => {
    expect(Object.keys(germanDescriptions).filter((text) => !said.has(text))).toEqual([]);
  });

  test('it names the same code and the same standards', () => {
    const differing = Object.entries(germanDescriptions).filter(
      ([english, german]) => !/<first/.test(english) && code(english).join() !== code(german).join(),
    );
    expect(differing).toEqual([]);
  });

  test.each(KINDS.all.map(({ kind, jsonSchema }) => [kind, jsonSchema()] as const))(
    '%s: all of its form, and nothing else of the schema',
    (_, schema) => {
      const german = schemaInGerman(schema as Parameters<typeof schemaInGerman>[0]);
      expect(descriptionsIn(german)).toEqual(descriptionsIn(schema).map((text) => germanDescriptions[text]));
      const without = (value: unknown) =>
        JSON.stringify(value, (name, each) => (name === 'description' ? '' : name === 'title' ? undefined : each));
      expect(without(german)).toBe(without(schema));
    },
  );
});

/** The names of all fields that a form may draw. */
function fieldsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, items, additionalProperties, anyOf, oneOf } = schema as Record<string, object | undefined>;
  return [
    ...Object.keys(properties),
    ...[...Object.values(properties), items, additionalProperties, anyOf, oneOf].flatMap((inside) =>
      Array.isArray(inside) ? inside.flatMap(fieldsIn) : fieldsIn(inside),
    ),
  ];
}

describe('what the console calls fields in German', () => {
  const names = new Set(KINDS.all.flatMap(({ jsonSchema }) => fieldsIn(jsonSchema())));
  const said = new Set(KINDS.all.flatMap(({ jsonSchema }) => descriptionsIn(jsonSchema())));

  test('no field is without a label', () => {
    expect([...names].filter((name) => !Object.hasOwn(germanLabels, name)).sort()).toEqual([]);
  });

  test('no label is without a field', () => {
    expect(Object.keys(germanLabels).filter((name) => !names.has(name))).toEqual([]);
    expect(Object.keys(otherLabels).filter((text) => !said.has(text))).toEqual([]);
  });

  test('a field has its label as a title, and another one where its name means something else', () => {
    const titleOf = (kind: string, ...path: readonly string[]) => {
      const found = KINDS.all.find((each) => each.kind === kind);
      const german = schemaInGerman(found?.jsonSchema() as Parameters<typeof schemaInGerman>[0]);
      return path.reduce<typeof german | undefined>((inside, name) => inside?.properties?.[name], german)?.title;
    };
    expect(titleOf('upstream', 'timeouts')).toBe('Zeitgrenzen');
    expect(titleOf('route', 'match', 'methods')).toBe('Methoden');
    expect(titleOf('mail_template', 'subject')).toBe('Betreff');
    expect(titleOf('trusted_issuer', 'subject')).toBe('Subjekt');
  });
});

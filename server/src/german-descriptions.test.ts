import { describe, expect, test } from 'vitest';
import { germanDescriptions, schemaInGerman } from '../../console/src/editor/german/descriptions.ts';
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
    KINDS.all.flatMap(({ description, jsonSchema }) => [description, ...descriptionsIn(jsonSchema)]),
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

  test.each(KINDS.all.map(({ kind, jsonSchema }) => [kind, jsonSchema] as const))(
    '%s: all of its form, and nothing else of the schema',
    (_, schema) => {
      const german = schemaInGerman(schema as Parameters<typeof schemaInGerman>[0]);
      expect(descriptionsIn(german)).toEqual(descriptionsIn(schema).map((text) => germanDescriptions[text]));
      const without = (value: unknown) => JSON.stringify(value, (name, each) => (name === 'description' ? '' : each));
      expect(without(german)).toBe(without(schema));
    },
  );
});

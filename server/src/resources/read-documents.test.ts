import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GatehouseError } from '#base';
import { defineKind } from './kind.ts';
import { readPlainDocuments, readYamlDocuments } from './read-documents.ts';
import { kindRegistry } from './registry.ts';
import { sampleKinds } from './sample-kinds.fixture.ts';

interface Outcome {
  code: string;
  message: string;
  fields: { line?: number; column?: number; path: string; message: string; file?: string }[];
}

function refusal(work: () => unknown): Outcome {
  try {
    work();
  } catch (error) {
    if (error instanceof GatehouseError)
      return { code: error.code, message: error.message, fields: error.fields ?? [] };
    throw error;
  }
  throw new Error('nothing was refused');
}

const book = (spec: string): string => `kind: book\nname: dune\nspec:\n${spec}`;

describe('a YAML bundle that is refused says where and what to write instead', () => {
  const cases: [name: string, text: string, place: `${number}:${number}`, path: string, message: string][] = [
    [
      'an unknown field',
      book('  title: Dune\n  pagse: 3'),
      '5:3',
      'spec.pagse',
      'unknown field "pagse"; did you mean "pages"?',
    ],
    [
      'an unknown field in snake case',
      'kind: book\nname: dune\nspek: {}\nspec: {title: x}',
      '3:1',
      'spek',
      'unknown field "spek"; did you mean "spec"?',
    ],
    [
      'an unknown field unlike any',
      book('  title: x\n  zzz: 3'),
      '5:3',
      'spec.zzz',
      'known here: title, pages, lent, binding, shelf, sequels, cover',
    ],
    [
      'a number where a text belongs',
      book('  title: 1984'),
      '4:10',
      'spec.title',
      'must be a text, not the number 1984; put it in quotes',
    ],
    [
      'a text where a number belongs',
      book('  title: x\n  pages: "12"'),
      '5:10',
      'spec.pages',
      'must be a number, not the text "12"; remove the quotes',
    ],
    [
      'a YAML 1.1 boolean',
      book('  title: x\n  lent: yes'),
      '5:9',
      'spec.lent',
      'must be true or false, not the text "yes"',
    ],
    ['a list where a text belongs', book('  title:\n    - x'), '4:3', 'spec.title', 'must be a text, not a list'],
    ['a missing field', book('  pages: 3'), '3:1', 'spec.title', 'is missing; it must be a text'],
    ['an empty field', book('  title:'), '4:9', 'spec.title', 'must be a text, not empty'],
    [
      'an option that does not exist',
      book('  title: x\n  binding: lether'),
      '5:12',
      'spec.binding',
      'must be one of "paper", "leather", "linen"; did you mean "leather"?',
    ],
    [
      'a variant that does not exist',
      book('  title: x\n  cover: {type: plane}'),
      '5:17',
      'spec.cover.type',
      'did you mean "plain"?',
    ],
    [
      'a field of another variant',
      book('  title: x\n  cover: {type: plain, colour: red, width: 3}'),
      '5:37',
      'spec.cover.width',
      'unknown field "width"',
    ],
    ['a number out of bounds', book('  title: x\n  pages: 0'), '5:10', 'spec.pages', 'must be at least 1'],
    ['an item of a list', book('  title: x\n  sequels:\n    - ok\n    - 5'), '7:7', 'spec.sequels.1', 'must be a text'],
    ['what only the kind can check', book('  title: " x"'), '4:10', 'spec.title', 'must not begin or end with a space'],
    ['an unknown kind', 'kind: bock\nname: x\nspec: {}', '1:7', 'kind', 'unknown kind "bock"; did you mean "book"?'],
    [
      'a kind that is not a text',
      'kind: [book]\nname: x\nspec: {}',
      '1:1',
      'kind',
      'must be one of shelf, book, badge',
    ],
    ['no kind', 'name: x\nspec: {}', '1:1', 'kind', 'must be one of shelf, book, badge'],
    ['no name', 'kind: book\nspec: {title: x}', '1:1', 'name', 'is missing; give a name'],
    ['a name with capitals', 'kind: book\nname: Dune\nspec: {title: x}', '2:7', 'name', 'must be lower-case letters'],
    ['a name that is a path', 'kind: book\nname: ../x\nspec: {title: x}', '2:7', 'name', 'must be lower-case letters'],
    ['no spec', 'kind: book\nname: dune', '1:1', 'spec', 'is missing; it must be a set of fields'],
    ['a document that is a list', '- kind: book', '1:1', '', 'must be a document with the fields kind, name and spec'],
    [
      'the same resource twice',
      `${book('  title: x')}\n---\n${book('  title: y')}`,
      '7:7',
      'name',
      'stands here twice; the first is at bundle.yaml:2:7',
    ],
    [
      'a second document at fault',
      `${book('  title: x')}\n---\nkind: shelf\nname: a\nspec:\n  plaice: x\n  place: y`,
      '9:3',
      'spec.plaice',
      'did you mean "place"?',
    ],
    ['a character that can not be stored', book('  title: "a\\0b"'), '4:10', 'spec.title', 'not text'],
    ['a field named __proto__', book('  title: x\n  __proto__: {a: 1}'), '3:1', 'spec', '__proto__'],
  ];
  it.each(cases)('%s', (_name, text, place, path, message) => {
    const { code, fields } = refusal(() => readYamlDocuments(sampleKinds, text, { file: 'bundle.yaml' }));
    expect(code).toBe('documents_invalid');
    expect(fields[0]).toMatchObject({ path, file: 'bundle.yaml', message: expect.stringContaining(message) });
    expect(`${fields[0]?.line}:${fields[0]?.column}`).toBe(place);
  });

  it('a misspelt field is one mistake, not an unknown one and a missing one', () => {
    const { fields } = refusal(() => readYamlDocuments(sampleKinds, book('  titel: x')));
    expect(fields.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'spec.titel: unknown field "titel"; did you mean "title"?',
    ]);
  });

  it('names every problem of every document in one go', () => {
    const text = `${book('  titel: x\n  pages: many')}\n---\nkind: shelf\nname: X\nspec: {}`;
    const { fields, message } = refusal(() => readYamlDocuments(sampleKinds, text));
    expect(fields.map(({ path, line }) => `${line} ${path}`)).toEqual([
      '5 spec.pages',
      '4 spec.titel',
      '8 name',
      '9 spec.place',
    ]);
    expect(message).toMatch(/^line 5, column 10: spec\.pages: must be a number, .* \(and 3 more\)$/);
  });
});

describe('a text that is not YAML, or not harmless', () => {
  const laughs = Array.from(
    { length: 12 },
    (_, i) =>
      `a${i}: &a${i} [${Array(10)
        .fill(i === 0 ? 'x' : `*a${i - 1}`)
        .join(', ')}]`,
  );
  const cases: [name: string, text: string, code: string, message: RegExp][] = [
    ['a broken indentation', 'kind: book\n name: x', 'yaml_malformed', /bundle\.yaml:\d+:\d+: /],
    ['an open quote', 'kind: "book', 'yaml_malformed', /missing closing/],
    ['an open bracket', 'spec: [1, 2', 'yaml_malformed', /flow/],
    ['a tab as indentation', 'spec:\n\ttitle: x', 'yaml_malformed', /tab/],
    ['a field given twice', 'kind: book\nkind: shelf', 'yaml_malformed', /bundle\.yaml:2:1: map keys must be unique/],
    ['an unknown tag', 'kind: !!js/function "x"', 'yaml_malformed', /unresolved tag/],
    ['a key that is a list', '? [a]\n: b', 'yaml_malformed', /keys must be/],
    ['an alias without an anchor', 'kind: *nope', 'yaml_malformed', /unresolved alias|anchors are unknown/],
    ['a billion laughs', laughs.join('\n'), 'yaml_malformed', /repeated too often/],
    ['deep nesting in brackets', '['.repeat(100_000), 'yaml_malformed', /./],
    ['deep nesting in dashes', '- '.repeat(100_000), 'yaml_malformed', /./],
    ['a text of 5 MB', 'a'.repeat(5 * 1024 * 1024), 'documents_too_large', /too large/],
    ['2001 documents', '--- {}\n'.repeat(2001), 'documents_too_large', /2001 documents/],
    [
      'nested 40 levels deep',
      `kind: book\nname: x\nspec: ${'['.repeat(40)}${']'.repeat(40)}`,
      'documents_invalid',
      /levels deep/,
    ],
    ['a spec of 300 KB', book(`  title: ${'x'.repeat(300_000)}`), 'documents_invalid', /at most 262144/],
  ];
  it.each(cases)('%s', (_name, text, expectedCode, expectedMessage) => {
    const { code, message } = refusal(() => readYamlDocuments(sampleKinds, text, { file: 'bundle.yaml' }));
    expect(code).toBe(expectedCode);
    expect(message.toLowerCase()).toMatch(expectedMessage);
  });
});

describe('what is accepted', () => {
  it('fills in defaults, and leaves out empty documents', () => {
    const documents = readYamlDocuments(sampleKinds, `---\n---\n${book('  title: Dune')}\n---\n# nothing\n`);
    expect(documents.map(({ kind, name, spec }) => [kind.kind, name, spec])).toEqual([
      ['book', 'dune', { title: 'Dune', pages: 100, lent: false, binding: 'paper', sequels: [] }],
    ]);
  });

  it('opens a few anchors', () => {
    const [document] = readYamlDocuments(sampleKinds, book('  title: &t Dune\n  shelf: *t'));
    expect(document?.spec).toMatchObject({ title: 'Dune', shelf: 'Dune' });
  });

  it('reads plain values with the same rules, and names their index', () => {
    const values = [
      { kind: 'shelf', name: 'a', spec: { place: 'x' } },
      { kind: 'shelf', name: 'b', spec: { plac: 'x' } },
    ];
    const { fields } = refusal(() => readPlainDocuments(sampleKinds, values));
    expect(fields.map(({ path }) => path)).toEqual(['documents.1.spec.plac']);
  });

  it.each([null, 5, 'text', [], undefined])('refuses the plain value %j', (value) => {
    expect(refusal(() => readPlainDocuments(sampleKinds, [value])).code).toBe('documents_invalid');
  });
});

describe('a kind of which there is one', () => {
  const kinds = kindRegistry([
    defineKind({
      kind: 'house_rule',
      plural: 'house_rules',
      idKind: 'policy',
      description: 'One for all.',
      schema: z.strictObject({ quiet: z.boolean() }),
      singleton: true,
    }),
  ]);
  const document = (name: string) => [{ kind: 'house_rule', name, spec: { quiet: true } }];

  it('is named default', () => {
    expect(readPlainDocuments(kinds, document('default'))).toHaveLength(1);
  });

  it.each(['defualt', 'second'])('is refused under the name %s', (name) => {
    expect(refusal(() => readPlainDocuments(kinds, document(name)))).toMatchObject({
      code: 'documents_invalid',
      fields: [{ message: 'must be "default": there is one house_rule in a tenant' }],
    });
  });
});

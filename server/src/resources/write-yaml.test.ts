import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SPEC_BYTES_MAX } from './bound-value.ts';
import { readYamlDocuments } from './read-documents.ts';
import { bookKind, sampleKinds, shelfKind } from './sample-kinds.fixture.ts';
import { joinYaml, toYaml } from './write-yaml.ts';

it('writes fields in the declared order, free names sorted, long texts as blocks', () => {
  const spec = { labels: { b: '2', a: '1' }, note: 'first\nsecond\n', place: 'hall' };
  expect(toYaml(shelfKind, 'one', spec)).toBe(
    'kind: shelf\nname: one\nspec:\n  place: hall\n  labels:\n    a: "1"\n    b: "2"\n  note: |\n    first\n    second\n',
  );
});

const text = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((value) => value.isWellFormed() && !value.includes('\0') && value.length < SPEC_BYTES_MAX);
const tricky = fc.constantFrom(
  'yes',
  'null',
  '~',
  '1e3',
  '0x1f',
  '- a',
  'a: b',
  '#x',
  '---',
  '...',
  ' x',
  'x ',
  '\n',
  'a\n\n',
  '\t',
  '"',
  "'",
  '&a',
  '*a',
  '!t',
  '%',
  '\r\n',
  '\u2028',
  '\u0085',
  '\ufeff',
);
const anyText = fc.oneof(text, tricky);
const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);

it('what is written is read back the same, whatever the texts hold', () => {
  const shelf = fc.record({
    place: anyText.filter((value) => value.length > 0),
    labels: fc.dictionary(
      anyText.filter((key) => key !== '__proto__'),
      anyText,
      { maxKeys: 5 },
    ),
    note: anyText,
  });
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, shelf), { selector: ([key]) => key, maxLength: 5 }), (shelves) => {
      const written = joinYaml(shelves.map(([key, spec]) => toYaml(shelfKind, key, spec)));
      const read = readYamlDocuments(sampleKinds, written);
      expect(read.map((document) => [document.name, document.spec])).toEqual(shelves);
      expect(joinYaml(read.map((document) => toYaml(document.kind, document.name, document.spec)))).toBe(written);
    }),
    { numRuns: 300 },
  );
});

it('keeps names that look like numbers or truth as names', () => {
  const [read] = readYamlDocuments(sampleKinds, toYaml(bookKind, '0123', { title: 'null', shelf: 'true' }));
  expect(read).toMatchObject({ name: '0123', spec: { title: 'null', shelf: 'true' } });
});

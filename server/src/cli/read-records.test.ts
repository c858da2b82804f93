import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '#testing';
import { readHashConfig } from './read-hash-config.ts';
import { findLines, readRecords, splitArray, splitLines } from './read-records.ts';

async function* chunked(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
async function all(records: AsyncIterable<string>): Promise<string[]> {
  const found = [];
  for await (const record of records) found.push(record);
  return found;
}

describe.each([1, 3, 1000])('in pieces of %d', (size) => {
  test.each([
    ['an array', '[{"a":1},{"b":[1,{"c":2}]}]', ['{"a":1}', '{"b":[1,{"c":2}]}']],
    ['a document with users', '{"realm":"x","users":[{"a":1}],"more":[{"b":1}]}', ['{"a":1}']],
    ['other arrays before', '{"roles":[{"x":1}],"users":[{"a":1}]}', ['{"a":1}']],
    ['users further down', '{"roles":{"users":[{"x":1}]},"users":[{"a":1}]}', ['{"a":1}']],
    ['brackets and quotes in texts', '[{"a":"}]\\"[{"}]', ['{"a":"}]\\"[{"}']],
    ['users as a text', '{"name":"users","users":[{"a":1}]}', ['{"a":1}']],
    ['white space', ' [ {"a": 1} ,\n {"b": 2} ] ', ['{"a": 1}', '{"b": 2}']],
    ['none', '{"realm":"x"}', []],
    ['an empty array', '[]', []],
    ['a broken end', '[{"a":1},{"b"', ['{"a":1}']],
  ])('%s', async (_, text, expected) => {
    expect(await all(splitArray(chunked(text, size)))).toEqual(expected);
  });

  test('lines, with and without an end', async () => {
    expect(await all(splitLines(chunked('{"a":1}\n\n{"b":2}\r\n{"c":3}', size)))).toEqual([
      '{"a":1}',
      '{"b":2}\r',
      '{"c":3}',
    ]);
  });
});

test('where records stand is told by lines, empty ones counted; a mark at the beginning is no part of the first', async () => {
  const path = join(await temporaryFolder(), 'people.ndjson');
  writeFileSync(path, '\ufeff{"a":1}\r\n\n\n{"b":2}\nno json\n\n{"c":3}');
  const records = [];
  for await (const record of readRecords(path, 'lines')) records.push(record);
  expect(records).toEqual([{ a: 1 }, { b: 2 }, undefined, { c: 3 }]);
  expect([...(await findLines(path, [1, 3, 4]))]).toEqual([
    [1, 1],
    [3, 5],
    [4, 7],
  ]);
});

test.each([
  [
    'as the console shows it',
    'hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: ab+/c==,\n  base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 14,\n}\n',
  ],
  ['as JSON', '{"signerKey":"ab+/c==","saltSeparator":"Bw==","rounds":8,"memCost":14}'],
])('hash parameters of Firebase, %s', (_, text) => {
  expect(readHashConfig(text)).toEqual({ signerKey: 'ab+/c==', saltSeparator: 'Bw==', rounds: '8', memCost: '14' });
});

test('hash parameters that lack one are refused, and it is named', () => {
  expect(() => readHashConfig('base64_signer_key: abc, rounds: 8, __proto__: 1')).toThrow(
    /lacks saltSeparator, memCost/,
  );
});

test('a record without an end does not fill the memory', async () => {
  const endless = 'x'.repeat(1024 * 1024 + 2);
  await expect(all(splitLines(chunked(endless, 65_536)))).rejects.toMatchObject({ code: 'usage' });
  await expect(all(splitArray(chunked(`[{"${endless}`, 65_536)))).rejects.toMatchObject({ code: 'usage' });
});

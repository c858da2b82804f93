import { describe, expect, test } from 'vitest';
import { isRelationName, readObject, readSubject } from './tuple.ts';

describe('names', () => {
  test.each([
    ['document:1', { type: 'document', id: '1' }],
    ['document:a@b/c|d.e', { type: 'document', id: 'a@b/c|d.e' }],
    ['dokument:ä日', { type: 'dokument', id: 'ä日' }],
    ['user:*', { type: 'user', id: '*' }],
    ['group:eng#member', { type: 'group', id: 'eng', relation: 'member' }],
  ])('%s', (text, name) => {
    expect(readSubject(text)).toEqual(name);
  });

  test.each([
    '',
    ':',
    'a',
    'a:',
    ':a',
    'a:b:c',
    'a b:c',
    'a:b c',
    'a:\u0000',
    'a:\u0085',
    'a:\u00a0',
    'a:\u2003',
    'a:\u007f',
    'a\t:b',
    `a:${'x'.repeat(300)}`,
    'a:b#',
    'a:b#c#d',
    'a:b#c d',
    'a:b#c@d',
    'a#b:c',
    '#',
    'a:*#b',
    `a:b#${'x'.repeat(60)}`,
  ])('%j is none', (text) => {
    expect(readSubject(text)).toBeUndefined();
  });

  test('an object has no relation, and a relation no separator', () => {
    expect(readObject('a:b#c')).toBeUndefined();
    expect(['viewer', 'a.b', 'ä'].map(isRelationName)).toEqual([true, true, true]);
    expect(['', 'a:b', 'a#b', 'a@b', 'a b', 'x'.repeat(51)].map(isRelationName)).toEqual(Array(6).fill(false));
  });
});

import { describe, expect, test } from 'vitest';
import { describedEvents, describeEvent, describeThing, en } from '../../console/src/events/event-words.ts';
import { de } from '../../console/src/events/german-event-words.ts';
import { readSourceTree } from '../test/source-tree.ts';
import { EVENTS } from './kinds.ts';

describe('what the console says of audit events', () => {
  test.each([
    ['English', en],
    ['German', de],
  ])('%s has words for every type, and for no other', (_, words) => {
    expect(EVENTS.types().filter((type) => describeEvent(words, type) === undefined)).toEqual([]);
    expect(describedEvents(words).filter((type) => !EVENTS.types().includes(type))).toEqual([]);
  });

  test.each([
    ['English', en],
    ['German', de],
  ])('%s says something else of each', (_, words) => {
    const said = EVENTS.types().map((type) => describeEvent(words, type));
    expect(said.filter((each, index) => said.indexOf(each) !== index)).toEqual([]);
  });

  test.each([
    'user.teleported',
    'thing.created',
    'user',
    '',
    'user.signed_in.twice',
    'role.created.twice',
    '__proto__.created',
    'toString',
  ])('nothing of %j', (type) => {
    expect(describeEvent(en, type)).toBeUndefined();
  });

  test.each([
    ['English', en],
    ['German', de],
  ])('%s has a word for whatever it happens to', (_, words) => {
    const types = readSourceTree()
      .filter(({ isTest }) => !isTest)
      .flatMap(({ text }) => [...text.matchAll(/target: \{ type: '([a-z_]+)'/g)].map(([, type = '']) => type));
    expect(types.length).toBeGreaterThan(20);
    expect(types.filter((type) => !(type in words.things) && !(type in words.kinds))).toEqual([]);
    expect(describeThing(words, 'strange_thing')).toBe('strange thing');
  });

  test('patterns of webhooks', () => {
    expect([describeEvent(en, '*'), describeEvent(en, 'user.*')]).toEqual(['Everything', 'All of this kind']);
  });
});

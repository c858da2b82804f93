import { describe, expect, it } from 'vitest';
import { checkPolicy, policyKind } from './policy-kind.ts';
import { readPolicy } from './policy-set.ts';

const PERMIT = 'permit(principal, action, resource);';

describe('a policy is checked when it is written', () => {
  it.each<[name: string, cedar: string, message: RegExp | undefined]>([
    ['one statement', PERMIT, undefined],
    ['two statements', `${PERMIT}\n${PERMIT}`, undefined],
    ['two named statements', `@id("a") ${PERMIT}\n@id("b") ${PERMIT}`, undefined],
    ['nothing', ' ', /no policy/],
    ['a misspelling', 'permit(principal, actoin, resource);', /^line 1, column 19: .*actoin/],
    ['an error on a later line', `${PERMIT}\nforbid(principal, action resource);`, /^line 2, column 26/],
    ['the same @id twice', `@id("a") ${PERMIT}\n@id("a") ${PERMIT}`, /two statements are named policy\.a/],
    [
      'an @id that collides with a number',
      `${PERMIT}\n${PERMIT}\n@id("2") ${PERMIT}`,
      /two statements are named policy\.2/,
    ],
    ['an @id that is no name', `@id("a b") ${PERMIT}`, /@id\("a b"\) must be/],
    ['an @id with a dot', `@id("a.b") ${PERMIT}`, /must be 1 to 63/],
    [
      'a function that is not evaluated',
      'permit(principal, action, resource) when { unknown("x") };',
      /`unknown` is not/,
    ],
    ['a shell script', '#!/bin/sh', /^line 1/],
  ])('%s', (_, cedar, message) => {
    const expected = message === undefined ? [] : [{ path: 'cedar', message: expect.stringMatching(message) }];
    expect(checkPolicy({ cedar })).toEqual(expected);
  });

  it.each([{}, { cedar: '' }, { cedar: 1 }, { cedar: PERMIT, effect: 'permit' }, { cedar: ' '.repeat(70_000) }])(
    'refuses the spec %o',
    (spec) => {
      expect(policyKind.schema.safeParse(spec).success).toBe(false);
    },
  );
});

describe('statements are named after their resource', () => {
  it.each<[cedar: string, names: string[]]>([
    [PERMIT, ['office']],
    [`@id("hours") ${PERMIT}`, ['office.hours']],
    [`${PERMIT} ${PERMIT}`, ['office.1', 'office.2']],
    [`${PERMIT} @id("hours") ${PERMIT} ${PERMIT}`, ['office.1', 'office.hours', 'office.3']],
  ])('%s', (cedar, names) => {
    const read = readPolicy({ name: 'office', cedar });
    expect(read.ok && read.statements.map(({ name }) => name)).toEqual(names);
  });
});

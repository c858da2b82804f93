import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contrast, formatColour, parseColour } from './colour.ts';
import { checkColours, SCHEMES, themeStylesheet } from './palette.ts';

describe('contrast, as WCAG reckons', () => {
  test.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#767676', '#ffffff', 4.54],
    ['#ff0000', '#ffffff', 4],
    ['#0000ff', '#000000', 2.44],
  ])('%s on %s: %d', (one, other, expected) => {
    expect(contrast(parseColour(one), parseColour(other))).toBeCloseTo(expected, 2);
    expect(contrast(parseColour(other), parseColour(one))).toBeCloseTo(expected, 2);
  });
});

describe('colours', () => {
  test.each([
    [{ accent: '#7a1fa2' }, []],
    [{ accent: '#0b6b5b', accentDark: '#6fd3bd', background: '#fafafa', backgroundDark: '#101010' }, []],
    [
      { accent: '#ffcc00' },
      ['accent has a contrast of 1.3:1 on the light page; 3.0:1 is needed (WCAG 2.2, 1.4.11). #'],
    ],
    [{ accent: '#ffffff' }, ['accent has a contrast of 1.0:1']],
    [{ accentDark: '#101010' }, ['accentDark has a contrast of 1.0:1 on the dark page']],
    [{ background: '#888888' }, ['background leaves the small print a contrast of 1.7:1']],
    [{ accent: '#0b6b5b', background: '#0b6b5b' }, ['accent has', 'background leaves']],
  ])('%j', (colours, expected) => {
    const found = checkColours(colours).map(({ name, message }) => `${name} ${message}`);
    expect(found.map((text, index) => text.slice(0, expected[index]?.length))).toEqual(expected);
  });

  test('the shade that a refusal names is accepted', () => {
    const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);
    fc.assert(
      fc.property(hex, fc.constantFrom('accent', 'accentDark', 'background', 'backgroundDark'), (colour, name) => {
        const [problem] = checkColours({ [name]: colour });
        const better = problem === undefined ? colour : /(#\w{6}) would do/.exec(problem.message)?.[1];
        expect(checkColours({ [name]: better })).toEqual([]);
      }),
    );
  });

  test('whatever the accent: words on buttons, links and soft grounds can be read', () => {
    const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);
    fc.assert(
      fc.property(hex, (accent) => {
        const [light, dark] = (themeStylesheet({ accent }) ?? '').split('@media');
        for (const [sheet, scheme] of [
          [light, SCHEMES.light],
          [dark, SCHEMES.dark],
        ] as const) {
          const of = (name: string) => parseColour(new RegExp(`--${name}:(#\\w{6})`).exec(sheet ?? '')?.[1] ?? '');
          expect(contrast(of('button'), of('button-ink'))).toBeGreaterThanOrEqual(4.5);
          expect(contrast(of('button-hover'), of('button-ink'))).toBeGreaterThanOrEqual(4.5);
          expect(contrast(of('accent-ink'), of('accent-soft'))).toBeGreaterThanOrEqual(4.5);
          expect(contrast(of('accent-ink'), parseColour(scheme.card))).toBeGreaterThanOrEqual(4.5);
          expect(contrast(of('accent'), parseColour(scheme.card))).toBeGreaterThanOrEqual(3);
        }
      }),
    );
  });

  test('nothing chosen, nothing to load', () => expect(themeStylesheet({})).toBeUndefined());

  test('are laid beside those of the stylesheet', () => {
    const css = readFileSync(new URL('../pages/pages.css', import.meta.url), 'utf8');
    const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
    for (const [sheet, { page, card, ink, muted }] of [
      [light, SCHEMES.light],
      [dark, SCHEMES.dark],
    ] as const) {
      const named = Object.entries({ page, card, ink, muted });
      expect(named.map(([name]) => [name, new RegExp(`--${name}: (#\\w{6})`).exec(sheet)?.[1]])).toEqual(named);
    }
  });

  test('are written as they are read', () => expect(formatColour(parseColour('#0a1b2c'))).toBe('#0a1b2c'));
});

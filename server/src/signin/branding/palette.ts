import { BLACK, type Colour, contrast, formatColour, mix, parseColour, readable, WHITE } from './colour.ts';

/** WCAG 2.2 §1.4.3 (text) and §1.4.11 (controls and the focus ring). */
const TEXT_CONTRAST_MIN = 4.5;
const CONTROL_CONTRAST_MIN = 3;

/** The colours of pages.css that a tenant's own are laid beside; a test holds them equal. */
export const SCHEMES = {
  light: { page: '#f5f6f4', card: '#ffffff', ink: '#16201d', muted: '#586460', towards: BLACK },
  dark: { page: '#0e1312', card: '#161d1b', ink: '#ecf1ef', muted: '#9daaa5', towards: WHITE },
} as const;
export type Scheme = keyof typeof SCHEMES;

export interface BrandColours {
  accent?: string | undefined;
  accentDark?: string | undefined;
  background?: string | undefined;
  backgroundDark?: string | undefined;
}

interface Field {
  name: keyof BrandColours;
  scheme: Scheme;
}
const ACCENTS: readonly Field[] = [
  { name: 'accent', scheme: 'light' },
  { name: 'accentDark', scheme: 'dark' },
];
const BACKGROUNDS: readonly Field[] = [
  { name: 'background', scheme: 'light' },
  { name: 'backgroundDark', scheme: 'dark' },
];

/** Which of the colours can't be read or seen, and which shade could. */
export function checkColours(colours: BrandColours): { name: keyof BrandColours; message: string }[] {
  const accents = ACCENTS.flatMap(({ name, scheme }) => {
    const hex = colours[name];
    if (hex === undefined) return [];
    const { card, towards } = SCHEMES[scheme];
    const grounds = [parseColour(card), pageOf(colours, scheme)];
    const ratio = Math.min(...grounds.map((ground) => contrast(parseColour(hex), ground)));
    if (ratio >= CONTROL_CONTRAST_MIN) return [];
    const better = formatColour(readable(parseColour(hex), grounds, CONTROL_CONTRAST_MIN, towards));
    return [
      {
        name,
        message: `has a contrast of ${told(ratio)} on the ${scheme} page; ${told(CONTROL_CONTRAST_MIN)} is needed (WCAG 2.2, 1.4.11). ${better} would do`,
      },
    ];
  });
  const backgrounds = BACKGROUNDS.flatMap(({ name, scheme }) => {
    const hex = colours[name];
    if (hex === undefined) return [];
    const { muted, towards } = SCHEMES[scheme];
    const ratio = contrast(parseColour(muted), parseColour(hex));
    if (ratio >= TEXT_CONTRAST_MIN) return [];
    const away = towards === BLACK ? WHITE : BLACK;
    const better = formatColour(readable(parseColour(hex), [parseColour(muted)], TEXT_CONTRAST_MIN, away));
    return [
      {
        name,
        message: `leaves the small print a contrast of ${told(ratio)}; ${told(TEXT_CONTRAST_MIN)} is needed (WCAG 2.2, 1.4.3). ${better} would do`,
      },
    ];
  });
  return [...accents, ...backgrounds];
}

const told = (ratio: number) => `${(Math.floor(ratio * 10) / 10).toFixed(1)}:1`;

function pageOf(colours: BrandColours, scheme: Scheme): Colour {
  return parseColour((scheme === 'light' ? colours.background : colours.backgroundDark) ?? SCHEMES[scheme].page);
}

/** A stylesheet of custom properties, made of numbers alone: nothing of what was written passes as text. */
export function themeStylesheet(colours: BrandColours): string | undefined {
  if (Object.values(colours).every((value) => value === undefined)) return undefined;
  return `:root{${properties(colours, 'light')}}@media(prefers-color-scheme:dark){:root{${properties(colours, 'dark')}}}`;
}

function properties(colours: BrandColours, scheme: Scheme): string {
  const { towards } = SCHEMES[scheme];
  const card = parseColour(SCHEMES[scheme].card);
  const page = pageOf(colours, scheme);
  const own = scheme === 'light' ? colours.accent : colours.accentDark;
  const wanted = own ?? (scheme === 'dark' ? colours.accent : undefined);
  const lines: [string, Colour][] = [];
  if ((scheme === 'light' ? colours.background : colours.backgroundDark) !== undefined)
    lines.push(['page', page], ['glow', page]);
  if (wanted !== undefined) {
    const accent = readable(parseColour(wanted), [card, page], CONTROL_CONTRAST_MIN, towards);
    const soft = parseColour(formatColour(mix(card, accent, 0.12)));
    const ink = contrast(WHITE, accent) >= contrast(BLACK, accent) ? WHITE : BLACK;
    lines.push(
      ['accent', accent],
      ['accent-soft', soft],
      ['accent-ink', readable(accent, [soft, card, page], TEXT_CONTRAST_MIN, towards)],
      ['button', accent],
      // Away from the words on it, so that they stay readable.
      ['button-hover', mix(accent, ink === WHITE ? BLACK : WHITE, 0.14)],
      ['button-ink', ink],
    );
  }
  return lines.map(([name, colour]) => `--${name}:${formatColour(colour)}`).join(';');
}

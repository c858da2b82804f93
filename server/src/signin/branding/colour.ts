/** Colours as WCAG 2.2 reckons with them. */
export type Colour = readonly [red: number, green: number, blue: number];

export function parseColour(hex: string): Colour {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return [red, green, blue];
}

export function formatColour(colour: Colour): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

/** `share` of `over` laid on `under`: 0 is `under`, 1 is `over`. */
export function mix(under: Colour, over: Colour, share: number): Colour {
  const at = (index: 0 | 1 | 2) => under[index] + (over[index] - under[index]) * share;
  return [at(0), at(1), at(2)];
}

/** WCAG 2.2, "contrast ratio": from 1 (no difference) to 21 (black on white). */
export function contrast(one: Colour, other: Colour): number {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((left, right) => right - left);
  return ((lighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05);
}

/** WCAG 2.2, "relative luminance". */
function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export const BLACK: Colour = [0, 0, 0];
export const WHITE: Colour = [255, 255, 255];
const STEPS = 50;

/** The nearest shade of `colour`, towards black or white, that stands out from all of `grounds` by `ratio`. */
export function readable(colour: Colour, grounds: readonly Colour[], ratio: number, towards: Colour): Colour {
  for (let step = 0; step < STEPS; step += 1) {
    // Written down and read again: what is checked is what will be shown.
    const shade = parseColour(formatColour(mix(colour, towards, step / STEPS)));
    if (grounds.every((ground) => contrast(shade, ground) >= ratio)) return shade;
  }
  return towards;
}

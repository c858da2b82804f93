import { type MarkupResult, type MarkupRules, readMarkup } from './read-markup.ts';

const PAINT = [
  'fill',
  'fill-opacity',
  'fill-rule',
  'stroke',
  'stroke-width',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-miterlimit',
  'stroke-opacity',
  'stroke-dasharray',
  'opacity',
  'transform',
  'clip-path',
  'clip-rule',
  'id',
];
const GRADIENT = ['id', 'gradientUnits', 'gradientTransform', 'spreadMethod'];

/** Shapes and their paint: no script, no style, no text (its font would differ), no image, no link, no animation. */
const RULES: MarkupRules = {
  root: 'svg',
  elements: {
    svg: ['xmlns', 'viewBox', 'width', 'height', 'preserveAspectRatio', ...PAINT],
    g: PAINT,
    path: ['d', ...PAINT],
    rect: ['x', 'y', 'width', 'height', 'rx', 'ry', ...PAINT],
    circle: ['cx', 'cy', 'r', ...PAINT],
    ellipse: ['cx', 'cy', 'rx', 'ry', ...PAINT],
    line: ['x1', 'y1', 'x2', 'y2', ...PAINT],
    polyline: ['points', ...PAINT],
    polygon: ['points', ...PAINT],
    defs: [],
    clipPath: ['id', 'clipPathUnits'],
    linearGradient: ['x1', 'y1', 'x2', 'y2', ...GRADIENT],
    radialGradient: ['cx', 'cy', 'r', 'fx', 'fy', ...GRADIENT],
    stop: ['offset', 'stop-color', 'stop-opacity'],
  },
  empty: [],
  dropped: ['title', 'desc', 'metadata'],
  droppedAttribute: /^(xmlns:.*|xml:space|version|baseProfile|class|data-.*|role|aria-.*|focusable)$/,
  allows: (name, value) =>
    name === 'xmlns'
      ? value === 'http://www.w3.org/2000/svg'
      : /^url\(#[\w-]{1,64}\)$/.test(value) || (/^[\w\s.,#%()+-]*$/.test(value) && !/url/i.test(value)),
};

/** The picture written anew, with nothing in it but shapes. */
export function readSvgLogo(source: string): MarkupResult {
  const read = readMarkup(source.trim(), RULES);
  if (!read.ok) return read;
  // Without it a browser takes the file for text.
  if (!/^<svg[^>]* xmlns="/.test(read.text))
    return { ok: false, problem: 'needs xmlns="http://www.w3.org/2000/svg" on <svg>' };
  if (!/^<svg[^>]* viewBox="/.test(read.text))
    return { ok: false, problem: 'needs a viewBox on <svg>, so that it can be scaled' };
  return read;
}

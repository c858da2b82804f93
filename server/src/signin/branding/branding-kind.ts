import { z } from 'zod';
import { type FieldError, LIMITS } from '#base';
import { defineKind } from '#resources';
import { PARTS } from '../pages/brand.ts';
import { LOCALES } from '../pages/messages/locale.ts';
import { checkColours } from './palette.ts';
import { readPngLogo } from './png-logo.ts';
import { renderPart } from './render-parts.ts';
import { readSvgLogo } from './svg-logo.ts';

/** A logo is shown 48 pixels high: what needs more than this was not made for it. */
const SVG_LENGTH_MAX = 32 * 1024;
const PNG_BASE64_LENGTH_MAX = 64 * 1024;
const PART_LENGTH_MAX = 4 * 1024;

const colour = z
  .string()
  .regex(/^#[0-9A-Fa-f]{6}$/, 'A colour is written as # and six hexadecimal digits, such as #0b6b5b.')
  .toLowerCase();

const logo = z
  .strictObject({
    svg: z.string().min(1).max(SVG_LENGTH_MAX).optional().describe('The text of an SVG file: shapes only.'),
    png: z.base64().min(1).max(PNG_BASE64_LENGTH_MAX).optional().describe('A PNG file in base64.'),
  })
  .refine(({ svg, png }) => (svg === undefined) !== (png === undefined), 'A logo is either svg or png.');

const webAddress = z.url({ protocol: /^https$/, error: 'Use an https address.' }).max(LIMITS.urlLengthMax);
const supportAddress = z
  .url({ protocol: /^(https|mailto)$/, error: 'Use an https address, or mailto: and an e-mail address.' })
  .max(LIMITS.urlLengthMax);

const part = z.string().trim().min(1).max(PART_LENGTH_MAX).optional();

const schema = z.strictObject({
  productName: z.string().trim().min(1).max(60).describe('What people know this place by.'),
  logo: logo
    .optional()
    .describe('In the place of the product name, on light pages; on dark ones as well without logoDark.'),
  logoDark: logo.optional().describe('For dark pages.'),
  colours: z
    .strictObject({
      accent: colour.optional().describe('Buttons, links and the focus ring on light pages.'),
      accentDark: colour.optional().describe('On dark pages; a lighter shade of accent when left out.'),
      background: colour.optional().describe('Behind the card on light pages.'),
      backgroundDark: colour.optional().describe('Behind the card on dark pages.'),
    })
    .default({}),
  links: z
    .strictObject({ terms: webAddress.optional(), privacy: webAddress.optional(), support: supportAddress.optional() })
    .default({})
    .describe('Shown at the foot of every page.'),
  templates: z
    .strictObject({
      header: part.describe('Under the logo.'),
      intro: part.describe('At the top of the card.'),
      footer: part.describe('Under the card.'),
      legal: part.describe('At the very end.'),
    })
    .default({})
    .describe('Parts of the pages, in Liquid and a little HTML.'),
});

export type BrandingSpec = z.output<typeof schema>;

/** How the hosted pages look. One in a tenant; without it they look like Gatehouse. */
export const brandingKind = defineKind({
  kind: 'branding',
  plural: 'brandings',
  idKind: 'branding',
  singleton: true,
  description: 'How the sign-in and account pages look: name, logo, colours, links, and parts in your own words.',
  schema,
  check: (spec) => [...checkLogos(spec), ...checkPalette(spec), ...checkParts(spec)],
});

function checkLogos(spec: BrandingSpec): FieldError[] {
  return (['logo', 'logoDark'] as const).flatMap((field) => {
    const { svg, png } = spec[field] ?? {};
    const svgRead = svg === undefined ? undefined : readSvgLogo(svg);
    const pngRead = png === undefined ? undefined : readPngLogo(Buffer.from(png, 'base64'));
    return [
      ...(svgRead?.ok === false ? [{ path: `${field}.svg`, message: svgRead.problem }] : []),
      ...(pngRead?.ok === false ? [{ path: `${field}.png`, message: pngRead.problem }] : []),
    ];
  });
}

function checkPalette({ colours }: BrandingSpec): FieldError[] {
  return checkColours(colours).map(({ name, message }) => ({ path: `colours.${name}`, message }));
}

/** In every language, so that a mistake behind `if language == …` is found now and not by a reader of it. */
function checkParts(spec: BrandingSpec): FieldError[] {
  return PARTS.flatMap((name) => {
    const template = spec.templates[name];
    if (template === undefined) return [];
    const problems = LOCALES.map(({ tag }) => renderPart(template, partValues(spec, tag)));
    const first = problems.find((result) => !result.ok);
    return first === undefined || first.ok ? [] : [{ path: `templates.${name}`, message: first.problem }];
  });
}

export function partValues({ productName, links }: BrandingSpec, language: string) {
  return {
    product_name: productName,
    language,
    terms_url: links.terms ?? '',
    privacy_url: links.privacy ?? '',
    support_url: links.support ?? '',
  };
}

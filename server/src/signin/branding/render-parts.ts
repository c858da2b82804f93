import { Liquid } from 'liquidjs';
import { Html } from '../pages/html.ts';
import { type MarkupRules, readMarkup } from './read-markup.ts';

/** What a part may say. Classes are ours: a part brings words and links, not a layout. */
const RULES: MarkupRules = {
  elements: {
    p: [],
    br: [],
    strong: [],
    em: [],
    b: [],
    i: [],
    small: [],
    span: [],
    ul: [],
    ol: [],
    li: [],
    a: ['href'],
  },
  empty: ['br'],
  dropped: [],
  droppedAttribute: /^$/,
  allows: (_, value) => /^(https:\/\/|mailto:)[^\s\\]+$/.test(value) || /^\/(?![/\\])[^\s\\]*$/.test(value),
};

const TAGS = ['if', 'unless', 'case', 'comment'];
const FILTERS = ['upcase', 'downcase', 'capitalize', 'default', 'url_encode', 'append', 'prepend'];

/**
 * Far above what a line of legal text needs, also where other work keeps the processor (`renderLimit` is in milliseconds
 * on the clock). Loops are not among the tags, so a template ends by itself.
 */
const LIMITS = { parseLimit: 8_000, renderLimit: 2_000, memoryLimit: 100_000 };

const engine = openEngine();

function openEngine(): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    dynamicPartials: false,
    outputEscape: 'escape',
    // No template can name another one, and none is ever read from a disk.
    templates: {},
    ...LIMITS,
  });
  keepOnly(liquid.tags, TAGS);
  keepOnly(liquid.filters, FILTERS);
  return liquid;
}

/** An allow-list, so that what a later version of the language adds is not in it. */
function keepOnly(table: object, names: readonly string[]): void {
  for (const name of Object.keys(table)) if (!names.includes(name)) Reflect.deleteProperty(table, name);
}

export interface PartValues {
  product_name: string;
  language: string;
  terms_url: string;
  privacy_url: string;
  support_url: string;
}

export type PartResult = { ok: true; html: Html } | { ok: false; problem: string };

/** One part in one language. Values are escaped, and the whole is read again by strict rules before it is believed. */
export function renderPart(template: string, values: PartValues): PartResult {
  let text: string;
  try {
    text = String(engine.parseAndRenderSync(template, { ...values }));
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : '').split('\n');
    return { ok: false, problem: `can't be rendered: ${line.slice(0, 200)}` };
  }
  const read = readMarkup(text.trim(), RULES);
  return read.ok ? { ok: true, html: new Html(read.text) } : read;
}

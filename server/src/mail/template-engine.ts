import { Liquid } from 'liquidjs';
import { mailErrors } from './errors.ts';

/**
 * Templates are written by tenants, and rendered here with values that anyone may have chosen. So: nothing but the
 * values given can be read (own properties only, no files, no other templates), an unknown name is an error and not an
 * empty place, what is put into HTML is escaped without a way around it, and source, time, memory and result are bounded.
 */
const TEMPLATE_LENGTH_MAX = 64 * 1024;
const RENDER_MILLISECONDS_MAX = 2_000;
/** liquidjs counts characters and elements that filters and loops make. */
const RENDER_MEMORY_MAX = 1024 * 1024;
const RENDERED_LENGTH_MAX = 256 * 1024;

const TAGS = new Set(['if', 'unless', 'case', 'for', 'break', 'continue', 'assign', 'comment', 'raw', '#']);
/** None that marks its result as safe (`raw`), reads a pattern, or makes much out of little. */
const FILTERS = new Set([
  'append',
  'capitalize',
  'date',
  'default',
  'downcase',
  'escape',
  'prepend',
  'replace',
  'size',
  'strip',
  'truncate',
  'upcase',
  'url_encode',
]);

export type TemplateOutput = 'text' | 'html';

const ENGINES: Readonly<Record<TemplateOutput, Liquid>> = {
  text: openEngine({}),
  html: openEngine({ outputEscape: 'escape' }),
};

function openEngine(output: { outputEscape?: 'escape' }): Liquid {
  const engine = new Liquid({
    ...output,
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    templates: {},
    timezoneOffset: 0,
    parseLimit: TEMPLATE_LENGTH_MAX,
    renderLimit: RENDER_MILLISECONDS_MAX,
    memoryLimit: RENDER_MEMORY_MAX,
  });
  for (const tag of Object.keys(engine.tags)) if (!TAGS.has(tag)) delete engine.tags[tag];
  for (const filter of Object.keys(engine.filters)) if (!FILTERS.has(filter)) delete engine.filters[filter];
  return engine;
}

/** @throws `mail_template_refused`, saying what is wrong and where in the template. */
export function renderTemplate(
  source: string,
  values: Readonly<Record<string, string>>,
  output: TemplateOutput,
): string {
  let rendered: unknown;
  try {
    rendered = ENGINES[output].parseAndRenderSync(source, { ...values });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split('\n', 1)[0]?.slice(0, 200) : 'can’t be read';
    throw mailErrors.mail_template_refused({ message: `The template fails: ${message}.`, cause });
  }
  const text = String(rendered);
  if (text.length <= RENDERED_LENGTH_MAX) return text;
  throw mailErrors.mail_template_refused({ message: 'The template makes a mail of more than 256 KiB.' });
}

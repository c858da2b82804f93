import { escapeHtml } from '../pages/html.ts';

/** What may stand in a piece of markup. Everything else is refused, by name. */
export interface MarkupRules {
  /** Element, with the attributes it may carry. */
  elements: Readonly<Record<string, readonly string[]>>;
  /** Elements without content that need no end tag. */
  empty: readonly string[];
  /** Left out together with what is inside them: of no use to the page, and no harm. */
  dropped: readonly string[];
  droppedAttribute: RegExp;
  /** Whether the value may stand there. */
  allows(attribute: string, value: string): boolean;
  /** The one element that everything stands in. */
  root?: string;
}

export type MarkupResult = { ok: true; text: string } | { ok: false; problem: string };

const NODES_MAX = 2000;
const DEPTH_MAX = 32;

const TOKEN =
  /<!--[\s\S]*?-->|<\?xml\s[^<>]*\?>|<(?<close>\/)?(?<name>[A-Za-z][A-Za-z0-9:-]*)(?<attributes>(?:\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<self>\/)?>|(?<text>[^<]+)/y;
const ATTRIBUTE = /([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/**
 * Reads markup as strictly as XML and writes it anew from what was understood: nothing reaches a page that this reader
 * and a browser could understand differently. No entity but the five of XML, no doctype, no element beyond the rules.
 */
export function readMarkup(source: string, rules: MarkupRules): MarkupResult {
  const open: { name: string; kept: boolean }[] = [];
  const written: string[] = [];
  let nodes = 0;
  let roots = 0;
  let at = 0;
  const refused = (problem: string): MarkupResult => ({ ok: false, problem });
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (match === null) return refused(`can't be read from ${JSON.stringify(source.slice(at, at + 24))} on`);
    at = TOKEN.lastIndex;
    nodes += 1;
    if (nodes > NODES_MAX) return refused(`has more than ${NODES_MAX} elements and texts`);
    const { close, name, attributes = '', self, text } = match.groups ?? {};
    const outer = open.at(-1);
    const kept = outer?.kept ?? true;
    if (text !== undefined) {
      const plain = plainText(text);
      if (plain === undefined) return refused(`has a stray "&" in ${JSON.stringify(text.trim().slice(0, 24))}`);
      if (rules.root !== undefined && outer === undefined && plain.trim() !== '')
        return refused(`has text outside <${rules.root}>`);
      if (kept) written.push(escapeHtml(plain));
    } else if (name !== undefined && close !== undefined) {
      if (outer?.name !== name)
        return refused(`has </${name}> where ${outer === undefined ? 'nothing is open' : `</${outer.name}> is due`}`);
      open.pop();
      if (outer.kept) written.push(`</${name}>`);
    } else if (name !== undefined) {
      if (open.length === 0) roots += 1;
      if (rules.root !== undefined && open.length === 0 && (name !== rules.root || roots > 1))
        return refused(`must be one <${rules.root}>`);
      if (rules.root !== undefined && open.length > 0 && name === rules.root) return refused(`has <${name}> inside`);
      if (open.length >= DEPTH_MAX) return refused(`is nested more than ${DEPTH_MAX} levels deep`);
      const stays = kept && !rules.dropped.includes(name);
      const allowed = Object.hasOwn(rules.elements, name) ? rules.elements[name] : undefined;
      if (stays && allowed === undefined)
        return refused(`has <${name}>, which is not among ${Object.keys(rules.elements).join(', ')}`);
      const shown = stays ? writeAttributes(name, attributes, allowed ?? [], rules) : { ok: true as const, text: '' };
      if (!shown.ok) return shown;
      const isEmpty = rules.empty.includes(name);
      const ends = self !== undefined || isEmpty;
      if (stays) written.push(`<${name}${shown.text}>`, ...(ends && !isEmpty ? [`</${name}>`] : []));
      if (!ends) open.push({ name, kept: stays });
    }
  }
  const left = open.at(-1);
  if (left !== undefined) return refused(`ends before </${left.name}>`);
  if (rules.root !== undefined && roots === 0) return refused(`must be one <${rules.root}>`);
  return { ok: true, text: written.join('') };
}

function writeAttributes(
  element: string,
  source: string,
  allowed: readonly string[],
  rules: MarkupRules,
): MarkupResult {
  const seen = new Set<string>();
  const written: string[] = [];
  for (const [, name = '', double, single] of source.matchAll(ATTRIBUTE)) {
    if (seen.has(name)) return { ok: false, problem: `has ${name} twice on one <${element}>` };
    seen.add(name);
    const value = plainText(double ?? single ?? '');
    if (value === undefined) return { ok: false, problem: `has a stray "&" in ${name} of <${element}>` };
    if (!allowed.includes(name)) {
      if (rules.droppedAttribute.test(name)) continue;
      return {
        ok: false,
        problem: `has ${name} on <${element}>, which may only carry ${allowed.join(', ') || 'nothing'}`,
      };
    }
    if (!rules.allows(name, value))
      return {
        ok: false,
        problem: `has ${name}=${JSON.stringify(value.slice(0, 60))} on <${element}>, which is not allowed there`,
      };
    written.push(` ${name}="${escapeHtml(value)}"`);
  }
  return { ok: true, text: written.join('') };
}

/** `undefined` when an ampersand begins something other than a reference that XML knows. */
function plainText(source: string): string | undefined {
  if (source.replaceAll(REFERENCE, '').includes('&')) return undefined;
  return source.replaceAll(REFERENCE, (_, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return NAMED[name] ?? '';
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : '\ufffd';
  });
}

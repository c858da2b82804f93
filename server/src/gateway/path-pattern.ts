import { canonicalTarget } from './canonical-path.ts';

/**
 * The path pattern of a route: `/weather/{city}`, `/files/{rest+}`, `/files/{rest*}`, `/*`.
 * A parameter stands for one whole segment; a rest, at the end only, for one or more (`+`) or any number (`*`) of them.
 */
export interface PathPattern {
  readonly text: string;
  /** Literal segments in canonical form; `undefined` stands for a parameter. */
  readonly segments: readonly (string | undefined)[];
  readonly rest: 'none' | 'some' | 'any';
  /** Names of what the pattern captures, in order. A bare `*` captures under no name: the empty string. */
  readonly names: readonly string[];
}

export class PatternError extends Error {}

export const PATTERN_SEGMENTS_MAX = 32;
const NO_EXPRESSIONS =
  'there are no regular expressions in a path: take a parameter, `{id}`, and let a policy or an OpenAPI document say what it may be';
const PARAMETER = /^\{([A-Za-z][A-Za-z0-9_]{0,31})([+*]?)\}$/;

/** @throws PatternError, with a message for the person who wrote the pattern. */
export function parsePathPattern(text: string): PathPattern {
  if (/^~/.test(text)) throw new PatternError(`must begin with a slash; ${NO_EXPRESSIONS}`);
  if (!text.startsWith('/')) throw new PatternError('must begin with a slash');
  const parts = text === '/' ? [] : text.slice(1).split('/');
  if (parts.length > PATTERN_SEGMENTS_MAX) throw new PatternError(`may have at most ${PATTERN_SEGMENTS_MAX} segments`);
  const segments: (string | undefined)[] = [];
  const names: string[] = [];
  let rest: PathPattern['rest'] = 'none';
  for (const part of parts) {
    if (rest !== 'none') throw new PatternError('a rest (`*`, `{name+}`, `{name*}`) must be the last segment');
    if (part === '*') {
      rest = 'any';
      names.push('');
      continue;
    }
    const parameter = PARAMETER.exec(part);
    if (parameter === null) {
      segments.push(literal(part, text));
      continue;
    }
    const [, name = '', suffix] = parameter;
    if (names.includes(name)) throw new PatternError(`names the parameter {${name}} twice`);
    names.push(name);
    if (suffix === '') segments.push(undefined);
    else rest = suffix === '+' ? 'some' : 'any';
  }
  return { text, segments, rest, names };
}

function literal(part: string, text: string): string {
  if (part === '') throw new PatternError('has an empty segment; leave out doubled and trailing slashes');
  const foreign = foreignSpelling(part);
  if (foreign !== undefined) throw new PatternError(`\`${part}\`: ${foreign}`);
  if (/[{}*]/.test(part)) throw new PatternError(`\`${part}\`: a parameter or \`*\` must be a whole segment`);
  const canonical = canonicalTarget(`/${part}`);
  if (!canonical.ok) throw new PatternError(`\`${part}\` can never be the segment of a path (${canonical.reason})`);
  if (canonical.path !== `/${part}` || canonical.query !== '') {
    throw new PatternError(
      `\`${text}\` must be written in canonical form; \`${part}\` is \`${canonical.path.slice(1)}\``,
    );
  }
  return part;
}

/** How other gateways and frameworks write what is meant, where ours would be another thing or nothing that can be understood. */
function foreignSpelling(part: string): string | undefined {
  if (part === '**') return 'any number of segments is written `*`, or `{rest*}` to name them';
  if (/^\{[^{}]*:.*\}$|[[\]^|\\]/.test(part)) return NO_EXPRESSIONS;
  if (part.includes('?')) return 'a path has no query; conditions on parameters stand in `match.query`';
  return undefined;
}

/**
 * The parameter that is written as most frameworks have it, `:id`. To be asked when a pattern is written: it is a literal like
 * another, and one that was stored before somebody looked does no harm.
 */
export function foreignParameter({ segments }: PathPattern): string | undefined {
  const name = segments.map((segment) => /^:([A-Za-z][A-Za-z0-9_]*)$/.exec(segment ?? '')?.[1]).find(Boolean);
  return name === undefined ? undefined : `\`:${name}\`: a parameter is written \`{${name}}\``;
}

/** What the pattern captures of a path that it matches, in the order of its names. The path is canonical. */
export function capturesOf({ segments, rest, names }: PathPattern, path: string): readonly string[] {
  if (names.length === 0) return NOTHING;
  const captures = new Array<string>(names.length);
  let count = 0;
  let start = 1;
  for (const segment of segments) {
    const slash = path.indexOf('/', start);
    const end = slash === -1 ? path.length : slash;
    if (segment === undefined) {
      captures[count] = path.slice(start, end);
      count += 1;
    }
    start = end + 1;
  }
  // Of any number of segments there may be none: then `start` is behind the end.
  if (rest !== 'none') captures[count] = path.slice(start);
  return captures;
}

const NOTHING: readonly string[] = [];

/** A text with `{name}` in it: the upstream path or a resource id. Alternates literal, capture, literal, ... */
export interface Template {
  readonly literals: readonly string[];
  /** Which capture of the pattern stands between two literals. */
  readonly captures: readonly number[];
}

/** @throws PatternError when a brace is open or a name is not among `known`. */
export function parseTemplate(text: string, known: readonly string[]): Template {
  const literals: string[] = [];
  const captures: number[] = [];
  let position = 0;
  for (const found of text.matchAll(/\{([^{}]*)\}/g)) {
    const name = (found[1] ?? '').replace(/[+*]$/, '');
    if (name === '' || !known.includes(name)) throw new PatternError(unknownParameter(name, known));
    literals.push(text.slice(position, found.index));
    captures.push(known.indexOf(name));
    position = found.index + found[0].length;
  }
  literals.push(text.slice(position));
  if (literals.some((part) => /[{}]/.test(part))) throw new PatternError('has a brace without its partner');
  return { literals, captures };
}

function unknownParameter(name: string, known: readonly string[]): string {
  const named = known.filter((other) => other !== '').map((other) => `{${other}}`);
  return `{${name}} is not a parameter of match.path (${named.length === 0 ? 'it has none' : named.join(', ')})`;
}

/** Puts `values`, in the order of the pattern's names, where the template wants them. */
export function fillTemplate({ literals, captures }: Template, values: readonly string[]): string {
  let text = literals[0] ?? '';
  for (let index = 0; index < captures.length; index += 1) {
    text += (values[captures[index] ?? 0] ?? '') + (literals[index + 1] ?? '');
  }
  return text;
}

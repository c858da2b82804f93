import type { z } from 'zod';
import { outOfBounds } from '#base';
import { closestWord } from './closest-word.ts';
import { fieldsAt, type JsonSchema, type Path } from './json-schema.ts';

/** One thing that is wrong, where, and what to write instead. */
export interface Problem {
  path: Path;
  /** Does `path` name a field that should not be there (point at its name), or a value? */
  at: 'key' | 'value';
  message: string;
}

type Issue = z.core.$ZodIssue;

/** Words for people instead of the validator's: names the fix, suggests the nearest spelling. */
export function explainIssues(schema: JsonSchema, value: unknown, issues: readonly Issue[]): Problem[] {
  const problems = issues.flatMap((issue) => explain(schema, value, issue, []));
  // `limit` instead of `limits` is one mistake, not an unknown field and a missing one.
  const misspelt = new Set(problems.flatMap(({ path, meant }) => (meant === undefined ? [] : [keyOf(path, meant)])));
  return problems
    .filter(({ path, message }) => !(message.startsWith(MISSING) && misspelt.has(path.join('\0'))))
    .map(({ path, at, message }) => ({ path, at, message }));
}

const MISSING = 'is missing';

function keyOf(path: Path, name: string): string {
  return [...path.slice(0, -1), name].join('\0');
}

/** `meant`: the field that an unknown one probably stands for. */
type Explained = Problem & { meant?: string };

function explain(schema: JsonSchema, root: unknown, issue: Issue, above: Path): Explained[] {
  const path = [...above, ...issue.path.map((segment) => (typeof segment === 'number' ? segment : String(segment)))];
  const value = (message: string): Problem[] => [{ path, at: 'value', message }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = fieldsAt(schema, path);
        const meant = closestWord(key, known);
        const message = unknownField(key, known);
        return { path: [...path, key], at: 'key', message, ...(meant === undefined ? {} : { meant }) };
      });
    case 'invalid_type':
      return value(withFields(wrongType(issue.expected, valueAt(root, path)), issue.expected, fieldsAt(schema, path)));
    case 'invalid_value':
      return value(notAmong(valueAt(root, path), issue.values.map(String)));
    case 'invalid_union':
      return explainUnion(schema, root, issue, path);
    default:
      return value(outOfBounds(issue) ?? notAnAddress(issue, valueAt(root, path)) ?? lowerFirst(issue.message));
  }
}

export function unknownField(name: string, known: readonly string[]): string {
  const meant = closestWord(name, known);
  if (meant !== undefined) return `unknown field "${name}"; did you mean "${meant}"?`;
  return known.length === 0
    ? `unknown field "${name}"; remove it`
    : `unknown field "${name}"; known here: ${known.join(', ')}`;
}

export function notAmong(value: unknown, options: readonly string[]): string {
  const list = options.map((option) => `"${option}"`).join(', ');
  const choice = options.length === 1 ? `must be ${list}` : `must be one of ${list}`;
  if (value === undefined) return `${MISSING}; it ${choice}`;
  const meant = typeof value === 'string' ? closestWord(value, options) : undefined;
  return meant === undefined || options.length === 1 ? choice : `${choice}; did you mean "${meant}"?`;
}

/** The alternative that came nearest tells what to mend: the one that did not already fail as a whole. */
function explainUnion(
  schema: JsonSchema,
  root: unknown,
  issue: Issue & { code: 'invalid_union' },
  path: Path,
): Explained[] {
  if ('options' in issue && Array.isArray(issue.options)) {
    return [{ path, at: 'value', message: notAmong(valueAt(root, path), issue.options.map(String)) }];
  }
  const branches = issue.errors.filter((branch) => branch.every((inner) => inner.path.length > 0 || isInside(inner)));
  const [nearest] = branches.toSorted((left, right) => left.length - right.length);
  if (nearest !== undefined) return nearest.flatMap((inner) => explain(schema, root, inner, path));
  const expected = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_type' ? [typeName(inner.expected)] : []));
  const actual = valueAt(root, path);
  if (expected.length === 0) {
    const [first] = issue.errors.flat();
    return first === undefined
      ? [{ path, at: 'value', message: lowerFirst(issue.message) }]
      : explain(schema, root, first, path);
  }
  const options = [...new Set(expected)].join(' or ');
  const message =
    actual === undefined ? `${MISSING}; it must be ${options}` : `must be ${options}, not ${describe(actual)}`;
  return [{ path, at: 'value', message }];
}

function isInside(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys';
}

function wrongType(expected: string, value: unknown): string {
  if (value === undefined) return `${MISSING}; it must be ${typeName(expected)}`;
  const base = `must be ${typeName(expected)}, not ${describe(value)}`;
  if (expected === 'string' && ['number', 'boolean'].includes(typeof value)) return `${base}; put it in quotes`;
  const unquoted =
    (expected === 'number' || expected === 'int') && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
  if (unquoted || (expected === 'boolean' && (value === 'true' || value === 'false')))
    return `${base}; remove the quotes`;
  return base;
}

/** Whoever writes `true` for “with everything as it is” learns what there is to say, and that it may be nothing. */
function withFields(message: string, expected: string, known: readonly string[]): string {
  return expected !== 'object' || known.length === 0 ? message : `${message}; known in it: ${known.join(', ')}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a set of fields',
  record: 'a set of fields',
  null: 'empty',
};

function typeName(expected: string): string {
  return TYPE_NAMES[expected] ?? expected;
}

function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a set of fields';
  if (typeof value === 'string') return `the text "${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
  return `${typeof value === 'number' ? 'the number ' : ''}${String(value)}`;
}

export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const segment of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<string | number, unknown>)[segment];
  }
  return value;
}

/** `localhost:8080` is an address of the scheme `localhost`, says the standard, and nobody means that. */
function notAnAddress(issue: Issue, value: unknown): string | undefined {
  if (issue.code !== 'invalid_format' || issue.format !== 'url' || issue.message !== PLAIN) return undefined;
  const meant = typeof value === 'string' && /^[a-z0-9.-]+(?::[0-9]{1,5})?(?:\/|$)/i.test(value);
  const base = 'must be a URL with http:// or https://';
  return meant ? `${base}, for example http://${String(value)}` : base;
}

/** What the validator says where the schema has no words of its own. */
const PLAIN = 'Invalid URL';

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { LIMITS } from '#base';
import { resourcesErrors } from './errors.ts';
import type { Path } from './json-schema.ts';

export interface Place {
  line: number;
  column: number;
}

/** One document of a YAML text, and where in the text each of its values stands. */
export interface YamlDocument {
  value: unknown;
  /** The nearest place that exists: a missing field is reported where it should be, at its parent. */
  placeOf(path: Path, at: 'key' | 'value'): Place;
}

/** How often anchors may be repeated in one document. Enough for shared lists; a "billion laughs" needs far more. */
const ALIASES_MAX = 100;
const PROBLEMS_MAX = 20;

/**
 * Reads a text of one or more YAML 1.2 documents; empty ones are left out. Tags beyond the core schema, duplicate keys
 * and keys that are not text are errors.
 * @throws `yaml_malformed` with file, line and column; `documents_too_large`.
 */
export function readYaml(text: string, source: { file?: string } = {}): YamlDocument[] {
  if (Buffer.byteLength(text) > LIMITS.adminBodyBytesMax) throw resourcesErrors.documents_too_large();
  const lines = new LineCounter();
  const documents = compose(text, lines, source.file);
  const problems = documents
    .flatMap((document) => [...document.errors, ...document.warnings])
    .map((error) => ({
      ...placeAt(lines, error.pos[0]),
      message: firstSentence(error.message),
    }));
  if (problems.length > 0) throw malformed(problems, source.file);
  return documents
    .filter(
      (document) => document.contents !== null && !(isScalar(document.contents) && document.contents.value === null),
    )
    .map((document) => ({
      value: toValue(document, lines, source.file),
      placeOf: (path, at) => placeAt(lines, offsetOf(document, path, at)),
    }));
}

function compose(text: string, lines: LineCounter, file: string | undefined): Document.Parsed[] {
  try {
    const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, logLevel: 'silent' } as const;
    const documents = parseAllDocuments(text, options);
    return Array.isArray(documents) ? [...documents] : [];
  } catch (cause) {
    // The composer recurses: a text nested thousands of levels deep exhausts its stack. Nothing else is thrown there.
    throw malformed([{ line: 1, column: 1, message: 'the text is nested too deeply' }], file, cause);
  }
}

function toValue(document: Document.Parsed, lines: LineCounter, file: string | undefined): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (cause) {
    const place = placeAt(lines, document.range[0]);
    const message =
      cause instanceof ReferenceError
        ? `anchors are unknown or repeated too often (at most ${ALIASES_MAX} times in a document); write the values out`
        : 'the document is nested too deeply';
    throw malformed([{ ...place, message }], file, cause);
  }
}

/** A plain value is pointed at itself; a list, a set of fields or something missing at the name it stands under. */
function offsetOf(document: Document.Parsed, path: Path, at: 'key' | 'value'): number {
  let node: Node | undefined = document.contents ?? undefined;
  let offset = node?.range?.[0] ?? document.range[0];
  for (const [depth, segment] of path.entries()) {
    const step = descend(isAlias(node) ? node.resolve(document) : node, segment);
    if (step === undefined) return offset;
    const pointAtValue = at === 'value' && depth === path.length - 1 && isScalar(step.node);
    offset = (pointAtValue ? step.node?.range?.[0] : step.offset) ?? offset;
    node = step.node;
  }
  return offset;
}

function descend(node: Node | undefined, segment: string | number): { node?: Node; offset?: number } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(segment)];
    return isNode(item) ? withOffset(item, item) : undefined;
  }
  const pair = isMap(node)
    ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment))
    : undefined;
  if (pair === undefined || !isNode(pair.key)) return undefined;
  return isNode(pair.value) ? withOffset(pair.value, pair.key) : withOffset(undefined, pair.key);
}

function withOffset(node: Node | undefined, anchor: Node): { node?: Node; offset?: number } {
  return { ...(node ? { node } : {}), ...(anchor.range ? { offset: anchor.range[0] } : {}) };
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}

/** `gatehouse.yaml:3:5`, as editors and terminals read it; `line 3, column 5` of a text that has no name. */
export function placeText({ file, line, column = 1 }: { file?: string; line: number; column?: number }): string {
  return file === undefined ? `line ${line}, column ${column}` : `${file}:${line}:${column}`;
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function malformed(problems: (Place & { message: string })[], file: string | undefined, cause?: unknown) {
  const fields = problems
    .slice(0, PROBLEMS_MAX)
    .map((problem) => ({ path: '', ...(file ? { file } : {}), ...problem }));
  const [first] = fields;
  const message = first === undefined ? undefined : `${placeText(first)}: ${first.message}`;
  return resourcesErrors.yaml_malformed({ ...(message ? { message } : {}), fields, ...(cause ? { cause } : {}) });
}

function firstSentence(message: string): string {
  const [line = message] = message.split('\n');
  return line.charAt(0).toLowerCase() + line.slice(1);
}

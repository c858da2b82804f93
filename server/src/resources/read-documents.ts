import type { FieldError, GatehouseError } from '#base';
import { boundValue } from './bound-value.ts';
import { resourcesErrors } from './errors.ts';
import { explainIssues, type Problem, unknownField } from './explain-issues.ts';
import type { Path } from './json-schema.ts';
import { type Kind, NAME_PATTERN, NAME_RULE, type Reference, SINGLETON_NAME } from './kind.ts';
import { placeText, readYaml } from './read-yaml.ts';
import { type Kinds, unknownKind } from './registry.ts';

/** A resource as its author wrote it, checked and with defaults filled in. */
export interface ResourceDocument {
  kind: Kind;
  name: string;
  spec: unknown;
  /** What it needs to exist. Resources that are part of the program always do, and are left out. */
  references: readonly Reference[];
  /** Turns a path within the document (`['spec', 'apis', 0]`) into words for an error. */
  located(path: Path, at?: 'key' | 'value'): LocatedField;
}

/** A field at fault, and where it stands when it came from a text. */
export interface LocatedField extends Omit<FieldError, 'message'> {
  file?: string;
  line?: number;
  column?: number;
}

interface Source {
  value: unknown;
  located(path: Path, at?: 'key' | 'value'): LocatedField;
}

/** Applying a bundle is one transaction: this bounds its time. */
const DOCUMENTS_MAX = 2000;
const PROBLEMS_MAX = 50;

/**
 * Reads resources from YAML: documents of `kind`, `name` and `spec`, and nothing else.
 * @throws `yaml_malformed`, `documents_invalid` (every problem with file, line, column and what to write instead).
 */
export function readYamlDocuments(kinds: Kinds, text: string, source: { file?: string } = {}): ResourceDocument[] {
  const documents = readYaml(text, source);
  return readAll(
    kinds,
    documents.map(({ value, placeOf }) => ({
      value,
      located: (path, at = 'value') => ({
        path: path.join('.'),
        ...(source.file === undefined ? {} : { file: source.file }),
        ...placeOf(path, at),
      }),
    })),
  );
}

/** Reads resources from plain values, as an API client sends them. `at` is put in front of the path of every error. */
export function readPlainDocuments(kinds: Kinds, values: readonly unknown[], at = 'documents'): ResourceDocument[] {
  return readAll(
    kinds,
    values.map((value, index) => ({
      value,
      located: (path) => ({ path: [at, index, ...path].join('.') }),
    })),
  );
}

/** Reads the spec of one resource whose kind and name are already known, for example from the URL. */
export function readSpec(kinds: Kinds, kind: Kind, name: string, spec: unknown): ResourceDocument {
  const source: Source = { value: { kind: kind.kind, name, spec }, located: (path) => ({ path: path.join('.') }) };
  const [document] = readAll(kinds, [source]);
  if (document === undefined) throw resourcesErrors.documents_invalid();
  return document;
}

function readAll(kinds: Kinds, sources: readonly Source[]): ResourceDocument[] {
  if (sources.length > DOCUMENTS_MAX) {
    throw resourcesErrors.documents_too_large({
      message: `There are ${sources.length} documents; at most ${DOCUMENTS_MAX} are read in one go. Split them.`,
    });
  }
  const found: (LocatedField & FieldError)[] = [];
  const documents: ResourceDocument[] = [];
  const first = new Map<string, LocatedField>();
  for (const source of sources) {
    const { document, problems } = readOne(kinds, source);
    for (const { path, at, message } of problems) found.push({ ...source.located(path, at), message });
    if (document === undefined) continue;
    const key = `${document.kind.kind} "${document.name}"`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, source.located(['name']));
    else
      found.push({
        ...source.located(['name']),
        message: `${key} stands here twice; the first is at ${whereIs(earlier)}`,
      });
    documents.push(document);
  }
  if (found.length > 0) throw invalidDocuments(found);
  return documents;
}

function readOne(kinds: Kinds, source: Source): { document?: ResourceDocument; problems: Problem[] } {
  const { value } = source;
  const problem = (path: Path, message: string, at: Problem['at'] = 'value'): Problem => ({ path, at, message });
  const bounds = boundValue(value);
  if (bounds !== undefined) return { problems: [bounds] };
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { problems: [problem([], 'must be a document with the fields kind, name and spec')] };
  }
  const fields = value as Record<string, unknown>;
  const problems = Object.keys(fields)
    .filter((field) => !ENVELOPE.includes(field))
    .map((field) => problem([field], unknownField(field, ENVELOPE), 'key'));
  problems.push(...nameProblems(fields.name));
  const kind = typeof fields.kind === 'string' ? kinds.find(fields.kind) : undefined;
  if (kind === undefined) {
    const known = kinds.all.map((each) => each.kind);
    const text =
      typeof fields.kind === 'string' ? unknownKind(fields.kind, known) : `must be one of ${known.join(', ')}`;
    return { problems: [...problems, problem(['kind'], text)] };
  }
  if (kind.singleton && fields.name !== SINGLETON_NAME) {
    problems.push(problem(['name'], `must be "${SINGLETON_NAME}": there is one ${kind.kind} in a tenant`));
  }
  const spec = readKindSpec(kind, fields.spec);
  problems.push(...spec.problems.map((each) => ({ ...each, path: ['spec', ...each.path] })));
  if (problems.length > 0) return { problems };
  return {
    problems,
    document: {
      kind,
      name: String(fields.name),
      spec: spec.value,
      references: neededBy(kinds, kind, spec.value),
      located: source.located,
    },
  };
}

function neededBy(kinds: Kinds, kind: Kind, spec: unknown): Reference[] {
  return kind.references(spec).filter((reference) => kinds.find(reference.kind)?.builtIns.has(reference.name) !== true);
}

const ENVELOPE = ['kind', 'name', 'spec'];

function nameProblems(name: unknown): Problem[] {
  if (typeof name === 'string' && NAME_PATTERN.test(name)) return [];
  return [
    {
      path: ['name'],
      at: 'value',
      message: name === undefined ? `is missing; give a name of ${NAME_RULE}` : `must be ${NAME_RULE}`,
    },
  ];
}

function readKindSpec(kind: Kind, spec: unknown): { value?: unknown; problems: Problem[] } {
  const result = kind.schema.safeParse(spec);
  if (!result.success) return { problems: explainIssues(kind.jsonSchema(), spec, result.error.issues) };
  const problems = kind
    .check(result.data)
    .map(({ path, message }): Problem => ({ path: path === '' ? [] : path.split('.'), at: 'value', message }));
  // Through JSON, so that what is compared and planned is exactly what will be stored.
  return { value: JSON.parse(JSON.stringify(result.data)), problems };
}

export function invalidDocuments(fields: (LocatedField & FieldError)[]): GatehouseError {
  return resourcesErrors.documents_invalid({ message: describeFields(fields), fields: fields.slice(0, PROBLEMS_MAX) });
}

/** `gatehouse.yaml:3:5: spec.audience: is missing (and 2 more)` */
export function describeFields(fields: readonly (LocatedField & FieldError)[]): string {
  const [first] = fields;
  if (first === undefined) return resourcesErrors.documents_invalid.message;
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : '';
  return `${whereIs(first)}: ${first.message}${more}`;
}

function whereIs({ path, line, ...place }: LocatedField): string {
  const placed = line === undefined ? '' : placeText({ line, ...place });
  return [placed, path].filter((part) => part !== '').join(': ') || 'the document';
}

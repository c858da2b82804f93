import { decodeSegment } from '../canonical-path.ts';
import type { RequestHead } from '../exchange.ts';
import type { CompiledDocument } from './compile-document.ts';
import { type CompiledContent, type CompiledOperation, type CompiledParameter, formOf } from './compile-operation.ts';
import { fieldValue } from './field-value.ts';
import { twinDetail } from './other-spelling.ts';
import { type ReadBody, readJsonBody } from './read-json-body.ts';
import { boundaryOf, readMultipart } from './read-multipart.ts';
import { plainType } from './read-operations.ts';
import { decodeForm, RequestSource } from './request-source.ts';
import { type Violation, violationsOf } from './violations.ts';

/** The operation that a request means, and its parameters in the path, in canonical spelling. */
export interface FoundOperation {
  readonly operation: CompiledOperation;
  readonly captures: readonly string[];
}

export function findOperation({ router }: CompiledDocument, path: string, method: string): FoundOperation | undefined {
  const found = router.match(path, method);
  return found && { operation: found.value, captures: found.captures };
}

const PARAMETERS_TOLD_MAX = 20;

/** Everything but the body. */
export function checkParameters(
  document: CompiledDocument,
  { operation, captures }: FoundOperation,
  { query }: { query: string },
  head: Pick<RequestHead, 'headers'>,
): Violation[] {
  if (operation.parameters.length === 0) return [];
  const source = new RequestSource(captures.map(decodeSegment), query, head.headers);
  const found: Violation[] = [];
  for (const parameter of operation.parameters) {
    if (found.length < PARAMETERS_TOLD_MAX) found.push(...checkParameter(parameter, source, document));
  }
  found.push(...twinsInQuery(operation, source).slice(0, PARAMETERS_TOLD_MAX));
  if (source.malformedQuery)
    found.push({ in: 'query', detail: 'holds a name that is not percent-encoded as it should be' });
  return found;
}

function twinsInQuery({ queryNames, queryTwin }: CompiledOperation, { query }: RequestSource): Violation[] {
  if (queryNames.size === 0) return [];
  const found = new Set<string>();
  for (const name of query.keys()) {
    const twin = queryTwin(name);
    if (twin !== undefined) found.add(twin);
  }
  return [...found].map((name) => ({ in: 'query', detail: twinDetail(name) }));
}

function checkParameter(parameter: CompiledParameter, source: RequestSource, { known }: CompiledDocument): Violation[] {
  const place = { in: parameter.in, name: parameter.name };
  const read = parameter.read(source);
  if (read === undefined) return parameter.required ? [{ ...place, detail: 'is required' }] : [];
  if ('problem' in read) return [{ ...place, detail: read.problem }];
  if (parameter.check === undefined || (parameter.allowEmptyValue && read.value === '')) return [];
  return violationsOf(runCheck(parameter.check, read.value), place, known);
}

/** What becomes of a body, as its head announces it: refused, kept for its schema, or let through as it comes. */
export type BodyPlan =
  | { readonly refused: 'content_type' | 'encoding' | 'missing'; readonly expected: readonly string[] }
  | { readonly content: AnnouncedContent | undefined };

/** What the head says of how the body is to be read. */
export type AnnouncedContent = CompiledContent & { readonly boundary?: string };

const STREAM: BodyPlan = { content: undefined };

export function planBody(
  { body }: CompiledOperation,
  { hasBody, headers }: Pick<RequestHead, 'hasBody' | 'headers'>,
  multipart: 'check' | 'stream' = 'check',
): BodyPlan {
  const expected = (body?.content ?? []).map(({ mediaType }) => mediaType);
  if (!hasBody) return body?.required === true ? { refused: 'missing', expected } : STREAM;
  const source = new RequestSource([], '', headers);
  const type = source.header('content-type');
  const content = type === undefined ? undefined : contentOf(body?.content ?? [], type);
  if (content === undefined) return { refused: 'content_type', expected };
  if (content.form === undefined || (content.form === 'multipart' && multipart === 'stream')) return STREAM;
  if ((source.header('content-encoding') ?? 'identity').toLowerCase() !== 'identity')
    return { refused: 'encoding', expected };
  if (content.form !== 'multipart') return { content };
  const boundary = boundaryOf(type ?? '');
  return boundary === undefined ? { refused: 'content_type', expected } : { content: { ...content, boundary } };
}

/** The most specific one that fits (OpenAPI 3.1, §4.8.13). */
function contentOf(contents: readonly CompiledContent[], sent: string): CompiledContent | undefined {
  const type = plainType(sent);
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(sent)?.[1] ?? 'utf-8';
  const range = `${type.split('/', 1)[0]}/*`;
  const exact = contents.find(({ mediaType }) => mediaType === type);
  const wide =
    contents.find(({ mediaType }) => mediaType === range) ?? contents.find(({ mediaType }) => mediaType === '*/*');
  // What a range describes is read as what was sent.
  const found = exact ?? (wide?.check === undefined ? wide : { ...wide, form: formOf(type) });
  // Read otherwise by the service than here, the same bytes would say something else.
  return found?.form !== undefined && !/^(utf-8|us-ascii)$/i.test(charset) ? undefined : found;
}

export function checkBody(content: AnnouncedContent, body: Buffer, { known }: CompiledDocument): Violation[] {
  const { form, check } = content;
  const read = form === undefined ? readJsonBody(body) : READERS[form](body, content);
  if ('problem' in read) return [{ in: 'body', detail: read.problem }];
  return check === undefined ? [] : violationsOf(runCheck(check, read.value), { in: 'body' }, known);
}

const READERS: Readonly<
  Record<NonNullable<CompiledContent['form']>, (body: Buffer, of: AnnouncedContent) => ReadBody>
> = {
  json: readJsonBody,
  urlencoded: readForm,
  multipart: (body, { boundary = '', ...content }) => readMultipart(body, { ...content, boundary }),
};

const FIELDS_MAX = 1000;

function readForm(body: Buffer, { shape: { fields }, encodings }: CompiledContent): ReadBody {
  const pairs = body.length === 0 ? [] : body.toString('latin1').split('&');
  if (pairs.length > FIELDS_MAX) return { problem: `must not hold more than ${FIELDS_MAX} fields` };
  const found = new Map<string, unknown>();
  for (const pair of pairs) {
    const end = pair.indexOf('=');
    const name = decodeForm(end === -1 ? pair : pair.slice(0, end));
    const text = decodeForm(end === -1 ? '' : pair.slice(end + 1));
    if (name === undefined || text === undefined) return { problem: 'is not percent-encoded as it should be' };
    const shape = fields.get(name);
    const isList = shape?.types.has('array') === true;
    if (found.has(name) && !isList) return { problem: 'holds a field twice that is one value' };
    const type = encodings.get(name)?.contentTypes[0] ?? 'text/plain';
    const read = fieldValue(Buffer.from(text), { shape: isList ? shape.items : shape, type, isFile: false });
    if ('problem' in read) return { problem: `holds a field that ${read.problem}` };
    found.set(name, isList ? [...((found.get(name) ?? []) as unknown[]), read.value] : read.value);
  }
  return { value: Object.fromEntries(found) };
}

/** A schema that refers to itself may be walked deeper than the stack is; then the answer is no. */
function runCheck(check: NonNullable<CompiledContent['check']>, value: unknown): ReturnType<typeof check> {
  try {
    return check(value);
  } catch {
    return TOO_DEEP;
  }
}

const TOO_DEEP = [
  { keyword: 'depth', instancePath: '', schemaPath: '', params: {}, message: 'is nested too deeply to be checked' },
];

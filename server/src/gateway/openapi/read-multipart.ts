import { fieldValue } from './field-value.ts';
import { isFittingType } from './media-types.ts';
import type { DescribedEncoding } from './read-operations.ts';
import type { ValueShape } from './value-shape.ts';

/** What a form of several parts stands for, by its description. */
export interface MultipartForm {
  readonly boundary: string;
  readonly shape: ValueShape;
  readonly encodings: ReadonlyMap<string, DescribedEncoding>;
}

type ReadForm = { readonly value: unknown } | { readonly problem: string };

const PARTS_MAX = 200;
const HEAD_BYTES_MAX = 4096;
const HEADERS_MAX = 10;
const FILE_NAME_BYTES_MAX = 255;

/** RFC 2046 §5.1.1; quoted where it holds more than a token may. */
const BOUNDARY =
  /^multipart\/form-data(?:\s*;\s*charset=utf-8)?\s*;\s*boundary=(?:"([\w'()+,./:=? -]{0,69}[\w'()+,./:=?-])"|([\w'+.-]{1,70}))\s*$/i;

/** Undefined: there is none, two, or one that others would read otherwise. */
export function boundaryOf(contentType: string): string | undefined {
  const found = BOUNDARY.exec(contentType.trim());
  return found?.[1] ?? found?.[2];
}

/**
 * Reads multipart/form-data (RFC 7578) in the one way in which nobody can read it otherwise: nothing before the first part
 * and behind the last, CRLF everywhere, no line that only looks like a boundary. Found in one pass, whatever stands there.
 */
export function readMultipart(body: Buffer, form: MultipartForm): ReadForm {
  const delimiter = Buffer.from(`\n--${form.boundary}`, 'latin1');
  const first = delimiter.subarray(1);
  if (!body.subarray(0, first.length).equals(first)) return { problem: 'must begin with its boundary' };
  const found = new Map<string, unknown>();
  let at = first.length;
  for (let parts = 0; ; parts += 1) {
    const end = closes(body, at);
    if (end === 'closes') return { value: Object.fromEntries(found) };
    if (end === 'unclear') return { problem: 'holds a line that is no boundary and looks like one' };
    if (parts === PARTS_MAX) return { problem: `must not hold more than ${PARTS_MAX} parts` };
    const next = body.indexOf(delimiter, at + 1);
    if (next === -1) return { problem: 'must end with its boundary' };
    // The line break in front belongs to the boundary; a bare one is a boundary to some, and content to others.
    if (body[next - 1] !== CR) return { problem: 'holds a line that is no boundary and looks like one' };
    const problem = takePart(body.subarray(at + 2, next - 1), form, found);
    if (problem !== undefined) return { problem };
    at = next + delimiter.length;
  }
}

const CR = 0x0d;
const CRLF = '\r\n';

/** What stands behind a boundary: another part, or the end of all, with at most a line break behind it. */
function closes(body: Buffer, at: number): 'part' | 'closes' | 'unclear' {
  const text = body.toString('latin1', at, Math.min(at + 4, body.length));
  if (text.startsWith(CRLF)) return 'part';
  const rest = body.length - at;
  return (text === '--' && rest === 2) || (text === `--${CRLF}` && rest === 4) ? 'closes' : 'unclear';
}

interface PartHead {
  name: string;
  fileName: string | undefined;
  contentType: string | undefined;
}

/** @returns what is wrong with it. */
function takePart(part: Buffer, { shape, encodings }: MultipartForm, found: Map<string, unknown>): string | undefined {
  // A part without any header begins with the line that ends them.
  const headEnd = part.subarray(0, HEAD_BYTES_MAX + 4).indexOf(`${CRLF}${CRLF}`);
  if (headEnd === -1) return `holds a part without headers, or with more than ${HEAD_BYTES_MAX} bytes of them`;
  const head = readHead(part.toString('utf8', 0, headEnd));
  if (typeof head === 'string') return head;
  // A browser writes so where a person chose no file: nothing was sent.
  if (head.fileName === '' && headEnd + 4 === part.length) return undefined;
  const field = shape.fields.get(head.name);
  const isList = field?.types.has('array') === true;
  if (found.has(head.name) && !isList) return 'holds a field twice that is one value';
  const one = isList ? field.items : field;
  const encoding = encodings.get(head.name);
  const type = head.contentType ?? 'text/plain';
  if (encoding !== undefined && !encoding.contentTypes.some((wanted) => isFittingType(wanted, type))) {
    return `holds a part that is not ${encoding.contentTypes.join(' or ')}, as described`;
  }
  const read = fieldValue(part.subarray(headEnd + 4), { shape: one, type, isFile: head.fileName !== undefined });
  if ('problem' in read) return `holds a part that ${read.problem}`;
  found.set(head.name, isList ? [...((found.get(head.name) ?? []) as unknown[]), read.value] : read.value);
  return undefined;
}

const HEADER = /^([A-Za-z][A-Za-z0-9-]{0,63}): ?([\t\x20-\x7e\u0080-\uffff]*)$/;
/** RFC 7578 §4.2: a name, and of a file its name; `filename*` must not be there. A quote in it is %22, as browsers write. */
const DISPOSITION = /^form-data; name="([^"\\\t]{1,256})"(?:; filename="([^"\t]*)")?$/;

function readHead(text: string): PartHead | string {
  // Of what is no UTF-8, each reader makes something else.
  if (text.includes('\ufffd')) return 'holds a part with a header that is not UTF-8';
  const headers = new Map<string, string>();
  const lines = text.split(CRLF);
  if (lines.length > HEADERS_MAX) return `holds a part with more than ${HEADERS_MAX} headers`;
  for (const line of lines) {
    const [, name = '', value = ''] = HEADER.exec(line) ?? [];
    if (name === '' || headers.has(name.toLowerCase())) return 'holds a part with a header that is malformed, or twice';
    headers.set(name.toLowerCase(), value.trim());
  }
  // RFC 7578 §4.7: nobody should send it, and who heeds it would read something else.
  if (headers.has('content-transfer-encoding') || headers.has('content-encoding'))
    return 'holds a part that is encoded';
  const [, name, fileName] = DISPOSITION.exec(headers.get('content-disposition') ?? '') ?? [];
  if (name === undefined) return 'holds a part whose Content-Disposition is not form-data with one name';
  // RFC 7578 §4.6: it would say in which characters the others are to be read.
  if (name === '_charset_') return 'holds the field _charset_; only UTF-8 is read';
  if (fileName !== undefined && !isPlainName(fileName)) return 'holds a file whose name is none, or a path';
  return { name, fileName, contentType: headers.get('content-type') };
}

/** RFC 7578 §4.2: a name alone. */
function isPlainName(name: string): boolean {
  let decoded = name;
  try {
    decoded = decodeURIComponent(name);
  } catch {
    // A percent sign of its own.
  }
  const isPath = [name, decoded].some(
    (each) => /[/\\\0]/.test(each) || /^\.{1,2}$/.test(each) || /^[a-z]:/i.test(each),
  );
  return !isPath && Buffer.byteLength(name) <= FILE_NAME_BYTES_MAX;
}

import { type ReadBody, readJsonBody } from './read-json-body.ts';
import { isJson } from './read-operations.ts';
import { fromText, type ValueShape } from './value-shape.ts';

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * What a field of a form stands for. A file is a text of its bytes to the schema, so that `maxLength` counts them; an object
 * is JSON (OpenAPI 3.1, §4.8.15); everything else is text, as in a URL.
 */
export function fieldValue(
  bytes: Buffer,
  { shape, type, isFile }: { shape: ValueShape | undefined; type: string; isFile: boolean },
): ReadBody {
  if (isJson(type) || (!isFile && isObjectAlone(shape))) return readJsonBody(bytes);
  if (isFile) return { value: bytes.toString('latin1') };
  try {
    const text = UTF_8.decode(bytes);
    return { value: shape === undefined ? text : fromText(text, shape) };
  } catch {
    return { problem: 'must be UTF-8' };
  }
}

const isObjectAlone = (shape: ValueShape | undefined): boolean => shape?.types.size === 1 && shape.types.has('object');

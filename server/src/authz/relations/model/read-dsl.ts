import { RELATION_LIMITS } from '../limits.ts';
import { invalidModel } from './read-model.ts';

/** Parentheses within parentheses; more would only wear out the parser's stack. */
const PARENTHESES_DEPTH_MAX = 32;

/**
 * Translates a model in the OpenFGA language into its JSON form. The parser is loaded when first needed: most programs
 * send JSON, and it takes its time.
 * @throws `invalid_authorization_model` with the line and column of the first error.
 */
export async function readDsl(text: string): Promise<unknown> {
  if (Buffer.byteLength(text) > RELATION_LIMITS.modelBytesMax) {
    throw invalidModel(`it is larger than ${RELATION_LIMITS.modelBytesMax} bytes`);
  }
  if (parenthesesDepth(text) > PARENTHESES_DEPTH_MAX) {
    throw invalidModel(`its parentheses are nested more than ${PARENTHESES_DEPTH_MAX} levels deep`);
  }
  const { transformer } = await import('@openfga/syntax-transformer');
  try {
    return transformer.transformDSLToJSONObject(text);
  } catch (cause) {
    throw invalidModel(firstError(cause));
  }
}

function parenthesesDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

interface SyntaxProblem {
  msg?: string;
  line?: { start: number };
  column?: { start: number };
  /** Where a model is written in several files. */
  file?: string;
}

/** What the parser of the OpenFGA language says first, with its place. @param file for errors that name none */
export function firstError(cause: unknown, file?: string): string {
  const errors: SyntaxProblem[] =
    typeof cause === 'object' && cause !== null && 'errors' in cause && Array.isArray(cause.errors) ? cause.errors : [];
  const [error] = errors;
  const at = error?.file ?? file;
  const prefix = at === undefined ? '' : `${at}, `;
  if (error?.line === undefined) return error?.msg === undefined ? 'it can not be read' : `${prefix}${error.msg}`;
  return `${prefix}line ${error.line.start + 1}, column ${(error.column?.start ?? 0) + 1}: ${error.msg ?? 'syntax error'}`;
}

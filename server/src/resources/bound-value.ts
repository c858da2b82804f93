import type { Problem } from './explain-issues.ts';
import type { Path } from './json-schema.ts';

/** What is stored as one resource. A policy of a thousand lines is 60 KB. */
export const SPEC_BYTES_MAX = 256 * 1024;
const DEPTH_MAX = 24;
/** Counted after aliases are opened, so that a small text can't become a huge value. */
const NODES_MAX = 20_000;

/**
 * Is this a value that can be handled and stored at all? Depth and size come first, so that what walks the value later
 * may recurse. PostgreSQL's jsonb holds neither U+0000 nor lone surrogates.
 */
export function boundValue(value: unknown): Problem | undefined {
  let nodes = 0;
  const walk = (item: unknown, path: Path): Problem | undefined => {
    nodes += 1;
    if (nodes > NODES_MAX) return problem([], `has more than ${NODES_MAX} values; split it`);
    if (path.length > DEPTH_MAX) return problem(path.slice(0, 3), `is nested more than ${DEPTH_MAX} levels deep`);
    if (typeof item === 'string')
      return storable(item)
        ? undefined
        : problem(path, 'holds a character that is not text (U+0000 or half a surrogate pair)');
    if (typeof item === 'number' && !Number.isFinite(item)) return problem(path, 'must be a finite number');
    if (typeof item === 'bigint') return problem(path, 'is a number too large to be exact');
    if (item === null || typeof item !== 'object') return undefined;
    for (const [key, nested] of Object.entries(item)) {
      const segment = Array.isArray(item) ? Number(key) : key;
      if (segment === '__proto__') return problem(path, 'has a field named __proto__, which is refused');
      if (typeof segment === 'string' && !storable(segment)) return problem(path, 'has a field whose name is not text');
      const found = walk(nested, [...path, segment]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const found = walk(value, []);
  if (found !== undefined) return found;
  const bytes = value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
  return bytes > SPEC_BYTES_MAX ? problem([], `takes ${bytes} bytes; at most ${SPEC_BYTES_MAX} are stored`) : undefined;
}

function storable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function problem(path: Path, message: string): Problem {
  return { path, at: 'value', message };
}

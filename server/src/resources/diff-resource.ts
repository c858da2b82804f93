import { createRequire } from 'node:module';
import type { Kind } from './kind.ts';
import { toYaml } from './write-yaml.ts';

const CONTEXT_LINES = 3;
/** Loaded with the first change that is shown. */
const load = createRequire(import.meta.url);

/** A unified diff of the YAML before and after; `undefined` stands for a resource that is not there. */
export function diffResource(kind: Kind, name: string, before: unknown, after: unknown): string {
  const left = before === undefined ? '' : toYaml(kind, name, before);
  const right = after === undefined ? '' : toYaml(kind, name, after);
  if (left === right) return '';
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = load('diff') as typeof import('diff');
  const label = `${kind.kind}/${name}`;
  return createTwoFilesPatch(
    before === undefined ? '/dev/null' : label,
    after === undefined ? '/dev/null' : label,
    left,
    right,
    undefined,
    undefined,
    { context: CONTEXT_LINES, headerOptions: FILE_HEADERS_ONLY },
  );
}

import { RELATION_LIMITS } from './limits.ts';

/** What is wrong with the size of a context, if anything: conditions walk through it. Depth first, as measuring walks too. */
export function refuseContextSize(context: unknown): string | undefined {
  if (depthOf(context, 0) > RELATION_LIMITS.contextDepthMax) {
    return `the context has more than ${RELATION_LIMITS.contextDepthMax} levels`;
  }
  if (Buffer.byteLength(JSON.stringify(context)) > RELATION_LIMITS.contextBytesMax) {
    return `condition context size limit exceeded: more than ${RELATION_LIMITS.contextBytesMax} bytes`;
  }
  return undefined;
}

function depthOf(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null || depth > RELATION_LIMITS.contextDepthMax) return depth;
  return Object.values(value).reduce<number>((deepest, item) => Math.max(deepest, depthOf(item, depth + 1)), depth);
}

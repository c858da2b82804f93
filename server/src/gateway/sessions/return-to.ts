import { safeReturnTo } from '#signin';
import { canonicalTarget } from '../canonical-path.ts';
import type { CompiledSession } from './compile-session.ts';

/** It travels in a cookie, which has little room. */
const LENGTH_MAX = 1024;

/** Where to after signing in: a path of this origin that the gateway itself reads in one way, and none of the session's own. */
export function returnTo(text: string | undefined, { spec }: CompiledSession): string {
  const path = text === undefined || text.length > LENGTH_MAX ? undefined : safeReturnTo(text);
  const target = path === undefined ? undefined : canonicalTarget(path);
  if (target?.ok !== true || `${target.path}/`.startsWith(`${spec.path}/`)) return spec.landing;
  const canonical = `${target.path}${target.trailingSlash && target.path !== '/' ? '/' : ''}${target.query}`;
  // Spelled out it may be three times as long.
  return canonical.length <= LENGTH_MAX ? canonical : spec.landing;
}

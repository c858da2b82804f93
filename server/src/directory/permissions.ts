/**
 * A permission is `<what>:<may do what>`, for example `routes:write`. A pattern leaves parts open: `routes:*` is everything
 * with routes, `*:read` is reading everything, `*` is all there is.
 */
export const PERMISSION_PATTERN = /^(\*|([a-z][a-z0-9_-]*|\*)(:([a-z][a-z0-9_.-]*|\*)){1,4})$/;
export const PERMISSION_LENGTH_MAX = 128;

export interface PermissionSet {
  /** As given, sorted, without repetition. */
  readonly patterns: readonly string[];
  /**
   * Is this permission among them? A pattern is among them when one of them stands for at least as much; several that
   * only together stand for it are not looked for, so that the answer never errs on the side of yes.
   */
  includes(permission: string): boolean;
}

export function permissionSet(patterns: Iterable<string>): PermissionSet {
  const sorted = [...new Set(patterns)].sort();
  const split = sorted.map((pattern) => pattern.split(':'));
  const everything = sorted.includes('*');
  return {
    patterns: sorted,
    includes(permission) {
      if (everything) return permission !== '';
      const wanted = permission.split(':');
      return split.some(
        (held) => held.length === wanted.length && held.every((part, index) => covers(part, wanted[index])),
      );
    },
  };
}

/** What both include: a credential that was given less than its holder has. */
export function commonPermissions(one: PermissionSet, other: PermissionSet): PermissionSet {
  return {
    patterns: permissionSet([...one.patterns.filter(other.includes), ...other.patterns.filter(one.includes)]).patterns,
    includes: (permission) => one.includes(permission) && other.includes(permission),
  };
}

/** `*` wanted is only covered by `*` held. */
function covers(held: string, wanted: string | undefined): boolean {
  return wanted !== undefined && wanted !== '' && (held === '*' || held === wanted);
}

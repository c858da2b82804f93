/** Deeper than any claim of any standard, `act` of ten actors included. */
const DEPTH_MAX = 16;

/**
 * Freezes claims through and through: what was verified once is handed to every later request with the same token, and a handler
 * that adds a role to what it got would add it to theirs.
 * @returns false when an object in it names a prototype: merged into another object, it would change more than that one.
 */
export function sealClaims(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth > DEPTH_MAX) return false;
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__' || (name === 'constructor' && hasPrototype(member))) return false;
    if (typeof member === 'object' && !sealClaims(member, depth + 1)) return false;
  }
  Object.freeze(value);
  return true;
}

const hasPrototype = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');

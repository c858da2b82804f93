const ENTITY_TYPE = /^[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*$/;
/** Types are named by routes, of which there are a bounded number; the cap is for callers that are not routes. */
const KNOWN_TYPES_MAX = 1000;
const knownTypes = new Set<string>();
let lastType = '';

/** Could a policy name this type? One that can't be named could only match by mistake. */
export function isEntityType(type: string): boolean {
  if (type === lastType && type !== '') return true;
  if (!knownTypes.has(type)) {
    if (!ENTITY_TYPE.test(type)) return false;
    if (knownTypes.size < KNOWN_TYPES_MAX) knownTypes.add(type);
  }
  lastType = type;
  return true;
}

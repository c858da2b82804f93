import type { Expected } from '#resources';
import { httpErrors } from './errors.ts';

const ENTITY_TAGS = /^(?:W\/)?"[\x21\x23-\x7e]{1,200}"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e]{1,200}")*$/;
const TAGS_MAX = 20;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * What a writer believes to be there (RFC 9110 §13.1). Weak tags never match (§13.1.1 asks for the strong comparison).
 * @throws `precondition_malformed`
 */
export function readPreconditions(headers: Headers): Expected | undefined {
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  if (match !== undefined && noneMatch !== undefined) throw httpErrors.precondition_malformed();
  if (noneMatch !== undefined) {
    if (noneMatch !== '*') throw httpErrors.precondition_malformed();
    return 'absent';
  }
  if (match === undefined) return undefined;
  return match === '*' ? 'present' : readTags(match);
}

/** Does a reader have this state already (RFC 9110 §13.1.2, the weak comparison)? */
export function isKnown(headers: Headers, tag: string): boolean {
  const noneMatch = headers['if-none-match'];
  if (typeof noneMatch !== 'string') return false;
  return noneMatch === '*' || noneMatch.split(',').some((part) => part.trim().replace(/^W\//, '') === entityTag(tag));
}

export function entityTag(tag: string): string {
  return `"${tag}"`;
}

/** Tags without their quotes. @throws `precondition_malformed` */
export function readTags(text: string | string[]): string[] {
  if (typeof text !== 'string' || !ENTITY_TAGS.test(text)) throw httpErrors.precondition_malformed();
  const tags = text.split(',').map((part) => part.trim());
  if (tags.length > TAGS_MAX) throw httpErrors.precondition_malformed();
  return tags.filter((tag) => !tag.startsWith('W/')).map((tag) => tag.slice(1, -1));
}

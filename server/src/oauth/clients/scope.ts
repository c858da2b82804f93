import { z } from 'zod';
import { LIMITS } from '#base';

/** One scope-token (RFC 6749 §3.3). */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;

export const scopeSchema = z.string().regex(SCOPE, 'A scope is printable ASCII without spaces, quotes or backslashes.');

/** As `resources` names its resources. */
export const resourceNameSchema = z
  .string()
  .max(LIMITS.nameLengthMax)
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'A name is lower-case letters, digits and hyphens.');

/** Scopes about the person, not about an API (OpenID Connect Core §5.4, §11), and what the consent page says of each. */
export const IDENTITY_SCOPES: ReadonlyMap<string, string> = new Map([
  ['openid', 'Know who you are'],
  ['profile', 'See your name'],
  ['email', 'See your e-mail address'],
  ['roles', 'See your roles'],
  ['offline_access', 'Stay connected while you are away'],
]);

/** Reads the space-separated list of RFC 6749 §3.3; duplicates are dropped, order is kept. */
export function readScope(text: string | undefined): string[] {
  if (text === undefined) return [];
  // One, as most ask for: nothing to take apart.
  if (text !== '' && !text.includes(' ')) return [text];
  return [...new Set(text.split(' ').filter((scope) => scope !== ''))];
}

export const isScope = (text: string): boolean => SCOPE.test(text);

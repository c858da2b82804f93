import { relationsErrors } from '../../errors.ts';

const LENGTH_MAX = 5_120;

/** Where a list goes on, opaque to whoever carries it. */
export function writePageToken(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/**
 * Reads a token back; `form` gives the type of each of its parts.
 * @throws `invalid_continuation_token`
 */
export function readPageToken(token: string, form: readonly ('string' | 'number')[]): (string | number)[] {
  try {
    const place: unknown =
      token.length > LENGTH_MAX ? undefined : JSON.parse(Buffer.from(token, 'base64url').toString());
    if (!Array.isArray(place) || place.length !== form.length) throw new TypeError('another form');
    if (!place.every((part, index) => typeof part === form[index])) throw new TypeError('another form');
    return place;
  } catch (cause) {
    throw relationsErrors.invalid_continuation_token({ cause });
  }
}

import { setFlagsFromString } from 'node:v8';

const PATTERN_LENGTH_MAX = 1000;
let switchedOn = false;

/**
 * A pattern of a schema, run in time that grows with the text and never faster (V8's own engine for that): whoever sends the
 * text can't make it run for ever. What that engine can't run, it refuses when the document is applied.
 * See docs/adr/0043-openapi-at-the-gateway.md.
 * @throws an error that says so of look-ahead, back references, `\p{…}`, and what is no pattern at all.
 */
export function linearPattern(pattern: string): RegExp {
  if (pattern.length > PATTERN_LENGTH_MAX) throw new SyntaxError(`is longer than ${PATTERN_LENGTH_MAX} characters`);
  if (!switchedOn) {
    // It adds the flag `l` to regular expressions, and changes nothing for those without.
    setFlagsFromString('--enable-experimental-regexp-engine');
    switchedOn = true;
  }
  return new RegExp(pattern, 'l');
}

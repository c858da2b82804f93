import { oauthErrors } from '../errors.ts';

/** Parameters as they came, in order, so that a repeated one can be seen. */
export type Params = readonly (readonly [name: string, value: string])[];

/** More than any request of the supported protocols carries. */
const PARAMETERS_MAX = 40;
/** The largest are tokens and `state`; what a URL can carry. */
const VALUE_LENGTH_MAX = 8192;
const NAME_LENGTH_MAX = 64;

/** RFC 8707 §2 lets `resource` repeat; how many we take is a rule of its own, not of the form. */
const REPEATABLE = new Set(['resource']);

/**
 * Reads `application/x-www-form-urlencoded` text, from a body or a query. Unlike URLSearchParams it refuses malformed
 * percent-encoding and invalid UTF-8 instead of replacing it: two parsers that disagree are a hole.
 */
export function readParams(text: string): Params {
  if (text === '') return [];
  const pairs = text.split('&', PARAMETERS_MAX + 1);
  if (pairs.length > PARAMETERS_MAX) throw oauthErrors.form_too_large();
  const params: [string, string][] = [];
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    if (name.length > NAME_LENGTH_MAX || value.length > VALUE_LENGTH_MAX) throw oauthErrors.form_too_large();
    params.push([name, value]);
  }
  return params;
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const decoded = decodeComponent(text);
  // Nothing in RFC 6749 appendix A may hold it, and no text in the database can.
  if (decoded.includes('\0')) throw oauthErrors.form_malformed();
  return decoded;
}

function decodeComponent(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw oauthErrors.form_malformed({ cause });
  }
}

/** RFC 6749 §3.1 and §3.2: parameters MUST NOT be included more than once. */
export function refuseRepeatedParams(params: Params): void {
  const seen = new Set<string>();
  for (const [name] of params) {
    if (seen.has(name) && !REPEATABLE.has(name)) {
      throw oauthErrors.parameter_repeated({
        message: `The parameter ${printable(name)} appears more than once. Send each parameter once.`,
      });
    }
    seen.add(name);
  }
}

/** A parameter's value. Sent without a value it counts as left out (RFC 6749 §3.1). */
export function param(params: Params, name: string): string | undefined {
  for (const [key, value] of params) if (key === name) return value === '' ? undefined : value;
  return undefined;
}

export function paramsNamed(params: Params, name: string): string[] {
  return params.filter(([key, value]) => key === name && value !== '').map(([, value]) => value);
}

export function requiredParam(params: Params, name: string): string {
  const value = param(params, name);
  if (value !== undefined) return value;
  throw oauthErrors.parameter_missing({ message: `The parameter ${name} is missing. Add it.` });
}

const PRINTED_LENGTH_MAX = 80;

/** A value from outside as it may stand in an error_description: RFC 6749 §5.2 allows %x20-21 / %x23-5B / %x5D-7E. */
export function printable(text: string): string {
  const safe = text.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?');
  return safe.length > PRINTED_LENGTH_MAX ? `${safe.slice(0, PRINTED_LENGTH_MAX)}...` : safe;
}

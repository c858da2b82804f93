import { z } from 'zod';
import type { FieldError } from '#base';
import type { RawHeaders } from './exchange.ts';
import { plainName } from './upstream-headers.ts';

const expected = z.union([
  z.literal(true),
  z
    .string()
    .min(1)
    .max(256)
    .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII'),
]);
const CONDITIONS_MAX = 8;

export const headerConditionsSchema = z
  .record(
    z
      .string()
      .max(128)
      .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be the name of a header in lower case'),
    expected,
  )
  .refine((conditions) => Object.keys(conditions).length <= CONDITIONS_MAX, `at most ${CONDITIONS_MAX} conditions`)
  .optional()
  .describe('Only requests with these headers: with this value exactly, or with any when it is `true`.');

export const queryConditionsSchema = z
  .record(
    z
      .string()
      .min(1)
      .max(128)
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without space'),
    expected,
  )
  .refine((conditions) => Object.keys(conditions).length <= CONDITIONS_MAX, `at most ${CONDITIONS_MAX} conditions`)
  .optional()
  .describe('Only requests with these query parameters: with this value exactly, or with any when it is `true`.');

export interface ConditionsSpec {
  headers?: Record<string, string | true> | undefined;
  query?: Record<string, string | true> | undefined;
}

/** Headers that a route must not be chosen by: another part of the gateway reads them, or they end here. */
const NOT_CHOSEN_BY = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);
/** Their value is a secret, which does not belong into a resource. Whether there is one may be asked. */
const SECRET = new Set(['authorization', 'proxy-authorization', 'x-api-key', 'cookie', 'dpop']);

export function checkConditions({ headers = {} }: ConditionsSpec): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const path = `match.headers.${name}`;
    if (NOT_CHOSEN_BY.has(name)) errors.push({ path, message: 'a route can not be chosen by this header' });
    if (SECRET.has(name) && value !== true) {
      errors.push({ path, message: 'its value is a secret and does not belong here; only `true` is possible' });
    }
  }
  return errors;
}

/** It holds, it does not, or the request can be read in two ways: then in these words why. */
export type Judgement = boolean | string;

interface Condition {
  readonly name: string;
  readonly value: string | true;
}

/** What a route asks of a request beside host, path and method. */
export class Conditions {
  /** The more is asked, the earlier it is tried; an exact value asks for more than presence. */
  readonly rank: number;
  readonly headers: readonly Condition[];
  readonly query: readonly Condition[];

  constructor({ headers = {}, query = {} }: ConditionsSpec) {
    this.headers = Object.entries(headers).map(([name, value]) => ({ name, value }));
    this.query = Object.entries(query).map(([name, value]) => ({ name, value }));
    const all = [...this.headers, ...this.query];
    this.rank = all.length * (2 * CONDITIONS_MAX + 1) + all.filter(({ value }) => value !== true).length;
  }

  judge(headers: RawHeaders, query: string): Judgement {
    const asked = this.judgeQuery(query);
    if (asked === false) return false;
    let unclear = asked;
    for (const condition of this.headers) {
      const judged = judgeHeader(condition, headers);
      if (judged === false) return false;
      if (judged !== true) unclear = judged;
    }
    return unclear;
  }

  judgeQuery(query: string): Judgement {
    let unclear: Judgement = true;
    for (const condition of this.query) {
      const judged = judgeParameter(condition, query);
      if (judged === false) return false;
      if (judged !== true) unclear = judged;
    }
    return unclear;
  }

  /** Can no request fulfil both? Then they need no order. */
  excludes(other: Conditions): boolean {
    return differs(this.headers, other.headers) || differs(this.query, other.query);
  }
}

/** Undefined when there are none, as on most routes. */
export function compileConditions(spec: ConditionsSpec): Conditions | undefined {
  const conditions = new Conditions(spec);
  return conditions.rank === 0 ? undefined : conditions;
}

function differs(left: readonly Condition[], right: readonly Condition[]): boolean {
  return left.some(({ name, value }) =>
    right.some((other) => other.name === name && value !== true && other.value !== true && other.value !== value),
  );
}

function judgeHeader({ name, value }: Condition, headers: RawHeaders): Judgement {
  let found: string | undefined;
  let unclear: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const sent = headers[index] ?? '';
    const text = headers[index + 1] ?? '';
    if (sent === name) {
      if (found !== undefined && value !== true) unclear = `The header ${name} is there more than once.`;
      found = text;
    } else if (
      sent === 'connection' &&
      text
        .toLowerCase()
        .split(/[ \t]*,[ \t]*/)
        .includes(name)
    ) {
      unclear = `The header ${name} chooses the route, and Connection takes it away.`;
    } else if (sent.length === name.length && plainName(sent) === name) {
      unclear = `Some servers take the header ${sent} for ${name}.`;
    }
  }
  if (unclear !== undefined) return unclear;
  return found !== undefined && (value === true || value === found);
}

/** Form encoding (URL Standard §5.1), as nearly every server reads a query. Where servers differ, it is unclear. */
function judgeParameter({ name, value }: Condition, query: string): Judgement {
  let found: string | undefined;
  for (const pair of query.slice(1).split('&')) {
    const [first = '', ...further] = pair.split(';');
    // Old servers end a parameter at a semicolon as well.
    if (further.some((part) => nameOf(part) === name)) return `The parameter ${name} stands after a semicolon.`;
    const sent = nameOf(first);
    if (sent === undefined) return 'The query is not percent-encoded as it should be.';
    if (sent !== name) continue;
    if (value === true) return true;
    if (found !== undefined) return `The parameter ${name} is there more than once.`;
    const at = pair.indexOf('=');
    found = decoded(at === -1 ? '' : pair.slice(at + 1));
    if (found === undefined) return 'The query is not percent-encoded as it should be.';
  }
  return found !== undefined && found === value;
}

function nameOf(pair: string): string | undefined {
  const at = pair.indexOf('=');
  return decoded(at === -1 ? pair : pair.slice(0, at));
}

function decoded(text: string): string | undefined {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

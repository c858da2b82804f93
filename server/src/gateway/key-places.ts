/** Where an API key may stand besides `X-API-Key` and `Authorization: Bearer`, when a route says so. */
import { z } from 'zod';
import type { FieldError } from '#base';
import type { CanonicalTarget } from './canonical-path.ts';
import type { RawHeaders, RequestHead } from './exchange.ts';
import { isRemovedHeader } from './upstream-headers.ts';

export const keyPlacesSchema = z.strictObject({
  header: z
    .string()
    .max(64)
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be the name of a header in lower case')
    .optional()
    .describe('A header of your own.'),
  query: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'must hold letters, digits and `_ . -` only')
    .optional()
    .describe(
      'A parameter of the query. Addresses are kept in logs and histories: only for callers who can do nothing else.',
    ),
  basic: z
    .literal(true)
    .optional()
    .describe('`Authorization: Basic` (RFC 7617) with the key as user name and no password.'),
});

export type KeyPlaces = z.output<typeof keyPlacesSchema>;

/** What the schema can't say: nothing that means something else already. */
export function checkKeyPlaces({ header, query, basic }: KeyPlaces): FieldError[] {
  if (header === undefined && query === undefined && basic === undefined) {
    return [{ path: 'apiKey', message: 'name a header or a query parameter, or set `basic: true`' }];
  }
  if (header !== undefined && (isRemovedHeader(header) || header === 'cookie')) {
    return [{ path: 'apiKey.header', message: 'has a meaning of its own; use another name' }];
  }
  return [];
}

/** Of an exchange, what a key may stand in. */
interface Carrier {
  head: RequestHead;
  target: CanonicalTarget | undefined;
}

/**
 * Puts what stands in these places where keys are looked for, and takes it out of there: what follows (verification, two
 * credentials at once, what the upstream may see) has one place to look at, and the upstream never sees a key.
 */
export function gatherKeys(exchange: Carrier, places: KeyPlaces): void {
  const found: string[] = [];
  const headers = withoutKeys(exchange.head.headers, places, found);
  const { target } = exchange;
  if (places.query !== undefined && target !== undefined && target.query !== '') {
    const query = withoutParameter(target.query, places.query, found);
    if (query !== target.query) exchange.target = { ...target, query };
  }
  if (found.length === 0) return;
  exchange.head = {
    ...exchange.head,
    headers: [...headers, ...found.flatMap((key) => ['x-api-key', key])],
  };
}

function withoutKeys(headers: RawHeaders, { header, basic }: KeyPlaces, found: string[]): RawHeaders {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    const key = name === header ? value : basic === true && name === 'authorization' ? keyOfBasic(value) : undefined;
    if (key === undefined) kept.push(name, value);
    else found.push(key);
  }
  return found.length === 0 ? headers : kept;
}

/** RFC 7617 §2: user name and password around the first colon. Undefined when it is no such thing: the step says so. */
function keyOfBasic(value: string): string | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(value) ?? [];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('latin1');
  return pair.endsWith(':') && pair.indexOf(':') === pair.length - 1 && pair.length > 1 ? pair.slice(0, -1) : undefined;
}

/** `?a=1&key=…&b=2` without every `key`, however its name is encoded; the rest stays as it was written. */
function withoutParameter(query: string, name: string, found: string[]): string {
  const kept = query
    .slice(1)
    .split('&')
    .filter((pair) => {
      const equals = pair.indexOf('=');
      if (decoded(equals === -1 ? pair : pair.slice(0, equals)) !== name) return true;
      found.push(decoded(equals === -1 ? '' : pair.slice(equals + 1)));
      return false;
    });
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

/** As `application/x-www-form-urlencoded` (URL Standard §5.1) has it; what can't be decoded is taken as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

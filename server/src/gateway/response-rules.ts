import type { RawHeaders, ResponseRules } from './exchange.ts';

export const NO_HEADERS: RawHeaders = [];

/** Rules of several features as one; undefined when there are none, so that most responses cost nothing. */
export function joinRules(...rules: readonly (ResponseRules | undefined)[]): ResponseRules | undefined {
  const given = rules.filter((rule) => rule !== undefined);
  if (given.length < 2) return given[0];
  return {
    removed: given.flatMap(({ removed }) => removed),
    appended: given.flatMap(({ appended }) => appended),
    defaults: given.flatMap(({ defaults }) => defaults),
    privateByDefault: given.some(({ privateByDefault }) => privateByDefault),
  };
}

const NOTHING: ResponseRules = { removed: [], appended: [], defaults: [], privateByDefault: false };

/**
 * RFC 9111 §3.5 keeps answers to requests with Authorization out of shared caches, but not those to requests with
 * X-API-Key: the same key in another header must not make the answer anybody's.
 */
export const KEYED_RULES: ResponseRules = { ...NOTHING, privateByDefault: true };

function securityRules(encrypted: boolean): ResponseRules {
  const own = (name: string, value: string, ...others: string[]) => ({
    headers: [name, value],
    unless: [name, ...others],
  });
  return {
    ...NOTHING,
    defaults: [
      own('x-content-type-options', 'nosniff'),
      // An upstream that says who may frame it, in the old way too, has decided.
      own('content-security-policy', "frame-ancestors 'none'", 'x-frame-options'),
      own('referrer-policy', 'no-referrer'),
      // Means nothing over http (RFC 6797 §7.2).
      ...(encrypted ? [own('strict-transport-security', 'max-age=31536000')] : []),
    ],
  };
}

/** The rules of a route by how the request came, at {@link ruleIndex}. */
export type RulesByRequest = readonly (ResponseRules | undefined)[];

/** One for all routes that ask for nothing more. */
const PLAIN_RULES: RulesByRequest = [undefined, KEYED_RULES, undefined, KEYED_RULES];

export function compileRules({
  cors,
  security,
}: {
  cors: ResponseRules | undefined;
  security: boolean;
}): RulesByRequest {
  if (cors === undefined && !security) return PLAIN_RULES;
  const rules = (encrypted: boolean, keyed: boolean) =>
    joinRules(cors, security ? securityRules(encrypted) : undefined, keyed ? KEYED_RULES : undefined);
  return [rules(false, false), rules(false, true), rules(true, false), rules(true, true)];
}

export function ruleIndex(encrypted: boolean, keyed: boolean): number {
  return (encrypted ? 2 : 0) + (keyed ? 1 : 0);
}

/** Directives by which an upstream decides about shared caches (RFC 9111 §3.5), or leaves them nothing to decide. */
const DECIDED = /(?:^|[\s,])(?:public|private|no-store|s-maxage|must-revalidate)(?=$|[\s,=])/i;
export const PRIVATE: RawHeaders = ['cache-control', 'private', 'vary', 'X-API-Key'];

/** What is added to a response. `sentValue`: of a header of the upstream, all its lines joined; undefined when it sent none. */
export function addedHeaders(rules: ResponseRules, sentValue: (name: string) => string | undefined): RawHeaders {
  const cache = rules.privateByDefault && !isDecided(sentValue('cache-control')) ? PRIVATE : NO_HEADERS;
  if (rules.appended.length === 0 && rules.defaults.length === 0) return cache;
  const added = [...rules.appended, ...cache];
  for (const { headers, unless } of rules.defaults) {
    if (unless.every((name) => sentValue(name) === undefined)) added.push(...headers);
  }
  return added;
}

export function isDecided(cacheControl: string | undefined): boolean {
  return cacheControl !== undefined && DECIDED.test(cacheControl);
}

/** The same for an answer of the gateway's own, which may not be stored at all. */
export function addedToOwn({ appended, defaults }: ResponseRules): RawHeaders {
  return [...appended, ...defaults.flatMap(({ headers }) => headers)];
}

import type { CorsSpec } from './cors-spec.ts';
import type { RawHeaders, ResponseRules } from './exchange.ts';
import type { OwnHeaders } from './own-headers.ts';
import type { CredentialType } from './route-spec.ts';

/** The cross-origin rules of a route (Fetch §3.3), with every text worked out that does not depend on the request. */
export interface Cors {
  readonly allowsOrigin: (origin: string) => boolean;
  /** Value of Access-Control-Allow-Origin; undefined: the request's own origin. */
  readonly fixedOrigin: '*' | undefined;
  readonly credentials: boolean;
  readonly methods: ReadonlySet<string>;
  readonly headers: ReadonlySet<string>;
  /** What the answer to a preflight carries beside the origin. */
  readonly preflightHeaders: RawHeaders;
  /** What every other answer to an origin that is allowed carries beside it. */
  readonly answerHeaders: RawHeaders;
}

/** Only the gateway speaks of origins: what the upstream says would contradict it, or say more than the route allows. */
export const CORS_RULES: ResponseRules = {
  removed: [
    'access-control-allow-origin',
    'access-control-allow-credentials',
    'access-control-expose-headers',
    'access-control-allow-methods',
    'access-control-allow-headers',
    'access-control-max-age',
    'access-control-allow-private-network',
  ],
  // Also without an Origin in the request, and where it is not allowed: a cache must not give one origin another's answer.
  appended: ['vary', 'Origin'],
  defaults: [],
  privateByDefault: false,
};

/** What the gateway adds itself and an app has use for. */
const OWN_EXPOSED = ['gatehouse-decision-id', 'ratelimit', 'ratelimit-policy', 'retry-after', 'www-authenticate'];

const CARRIERS: Record<CredentialType, readonly string[]> = {
  session: [],
  api_key: ['authorization', 'x-api-key'],
  access_token: ['authorization', 'dpop'],
  client_certificate: [],
};

export function compileCors(
  spec: CorsSpec,
  route: { methods: readonly string[]; accepted: readonly CredentialType[]; keyHeader?: string | undefined },
): Cors {
  const own = route.methods.includes('GET') ? [...route.methods, 'HEAD'] : route.methods;
  const methods = new Set(spec.methods ?? own);
  const headers = new Set(
    spec.headers?.map(lowerCase) ?? [
      'content-type',
      ...route.accepted.flatMap((type) => CARRIERS[type]),
      ...(route.keyHeader === undefined ? [] : [route.keyHeader]),
    ],
  );
  const credentials = spec.credentials ? ['access-control-allow-credentials', 'true'] : [];
  return {
    allowsOrigin: originTest(spec.origins),
    fixedOrigin: spec.origins.includes('*') ? '*' : undefined,
    credentials: spec.credentials,
    methods,
    headers,
    preflightHeaders: [
      ...['access-control-allow-methods', [...methods].join(', ')],
      ...(headers.size === 0 ? [] : ['access-control-allow-headers', [...headers].join(', ')]),
      ...['access-control-max-age', String(spec.maxAgeSeconds)],
      ...credentials,
    ],
    answerHeaders: [
      ...[
        'access-control-expose-headers',
        [...new Set([...OWN_EXPOSED, ...spec.exposeHeaders.map(lowerCase)])].join(', '),
      ],
      ...credentials,
    ],
  };
}

function lowerCase(name: string): string {
  return name.toLowerCase();
}

/** An origin is compared as text, since browsers write it in one way (RFC 6454 §6.2): scheme, host and port together. */
function originTest(origins: readonly string[]): (origin: string) => boolean {
  if (origins.includes('*')) return (origin) => origin !== 'null';
  const exact = new Set(origins);
  const tails = origins
    .filter((origin) => origin.startsWith(SUBDOMAINS))
    .map((origin) => origin.slice('https://*'.length));
  return (origin) =>
    (exact.has(origin) && !origin.includes('*')) ||
    tails.some(
      (tail) => origin.startsWith('https://') && origin.endsWith(tail) && LABELS.test(origin.slice(8, -tail.length)),
    );
}

const SUBDOMAINS = 'https://*.';
/** What stands before the tail: one label or more, and nothing that could end a host name early. */
const LABELS = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,30}$/;

/** The one value of a header, or all of them in a way that is no origin and no method; undefined when there is none. */
export function headerValue(headers: RawHeaders, name: string): string | undefined {
  let value: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === name)
      value = value === undefined ? (headers[index + 1] ?? '') : `${value}, ${headers[index + 1]}`;
  }
  return value;
}

/** Tells the browser that this page may read the answer, whatever it will be: also a refusal, so that an app can act on it. */
export function grantOrigin(cors: Cors, requested: RawHeaders, answer: OwnHeaders): void {
  const origin = headerValue(requested, 'origin');
  if (origin === undefined || !cors.allowsOrigin(origin)) return;
  answer.add('access-control-allow-origin', cors.fixedOrigin ?? origin);
  answer.addAll(cors.answerHeaders);
}

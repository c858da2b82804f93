import { z } from 'zod';
import type { FieldError } from '#base';

const headerName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'must be the name of a header')
  .refine((name) => name !== '*', 'must be the name of a header: `*` is not offered, name what the app uses');

export const corsSchema = z.strictObject({
  origins: z
    .array(z.string().min(1).max(512))
    .min(1)
    .max(100)
    .describe(
      'Origins whose pages may read answers: `https://app.example.com` exactly, `https://*.example.com` for every subdomain, or `*` alone for every origin (never with credentials).',
    ),
  methods: z
    .array(z.string().max(32))
    .min(1)
    .max(10)
    .optional()
    .describe('Methods that pages may use, out of those of the route. All of them when left out.'),
  headers: z
    .array(headerName)
    .max(100)
    .optional()
    .describe(
      'Request headers that pages may set. When left out: Content-Type and those that carry what the route accepts.',
    ),
  exposeHeaders: z
    .array(headerName)
    .max(100)
    .default([])
    .describe('Response headers that pages may read, besides those the gateway adds itself.'),
  credentials: z.boolean().default(false).describe('May pages send cookies and client certificates along?'),
  maxAgeSeconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(600)
    .describe('How long a browser may remember the answer to a preflight.'),
});

export type CorsSpec = z.output<typeof corsSchema>;

/** What would make it unsafe, or a rule that no browser ever meets. */
export function checkCors(cors: CorsSpec, methods: readonly string[]): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, origin] of cors.origins.entries()) {
    const message = originFault(origin);
    if (message !== undefined) errors.push({ path: `cors.origins.${index}`, message });
  }
  if (cors.origins.includes('*')) {
    if (cors.credentials) {
      const message = 'every origin with credentials would let any page act as its visitor; name the origins';
      errors.push({ path: 'cors.credentials', message });
    }
    if (cors.origins.length > 1) errors.push({ path: 'cors.origins', message: '`*` stands alone' });
  }
  for (const [index, method] of (cors.methods ?? []).entries()) {
    if (methods.some((own) => own === method || (own === 'GET' && method === 'HEAD'))) continue;
    errors.push({ path: `cors.methods.${index}`, message: 'must be one of the methods of the route, in upper case' });
  }
  for (const [index, name] of (cors.headers ?? []).entries()) {
    if (NEVER_SET.test(name)) errors.push({ path: `cors.headers.${index}`, message: neverSet(name) });
  }
  for (const [index, name] of cors.exposeHeaders.entries()) {
    if (!NEVER_READ.test(name)) continue;
    errors.push({
      path: `cors.exposeHeaders.${index}`,
      message: `no page can read ${name}: browsers keep it to themselves`,
    });
  }
  return errors;
}

/** Forbidden request-headers and forbidden response-header names of the Fetch standard (§2.2.2): browsers leave none to a page. */
const NEVER_SET =
  /^(?:accept-charset|accept-encoding|access-control-request-.*|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*)$/i;
const NEVER_READ = /^set-cookie2?$/i;

const neverSet = (name: string): string =>
  /^cookie2?$/i.test(name)
    ? 'no page can set it: browsers send cookies themselves, where `credentials` is true'
    : `no page can set ${name}: browsers do that themselves`;

/** `https://*.` and a name of two labels at least: nobody owns all of `*.com`. */
const SUBDOMAINS = /^https:\/\/\*\.(?=[^/]*\.)([a-z0-9.-]+(?::\d{1,5})?)$/;

function originFault(origin: string): string | undefined {
  if (origin === '*') return undefined;
  if (origin === 'null') {
    return 'every sandboxed frame and local file has the origin `null`: it names nobody and is never allowed';
  }
  if (origin.includes('*') && !SUBDOMAINS.test(origin)) {
    return 'a pattern is `https://*.` and a host name of at least two labels, for example `https://*.example.com`';
  }
  const url = URL.parse(origin.replace('*.', 'any.'));
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return 'must be an origin: scheme, host and port, for example `https://app.example.com`';
  }
  const plain = url.origin.replace('//any.', origin.includes('*') ? '//*.' : '//any.');
  return plain === origin ? undefined : `must be written as browsers write it: \`${plain}\``;
}

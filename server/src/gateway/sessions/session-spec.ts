import { z } from 'zod';
import { type FieldError, LIMITS } from '#base';
import { canonicalTarget } from '../canonical-path.ts';

const name = z
  .string()
  .max(LIMITS.nameLengthMax)
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a name: lower-case letters, digits and hyphens');
const path = z.string().max(256);

const providerSchema = z.strictObject({
  issuer: z
    .string()
    .max(LIMITS.urlLengthMax)
    .refine(
      (text) => /^https?:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text) && !/[?#]/.test(text),
      'must be an https address, without query and fragment',
    )
    .describe('Its `iss`, exactly. The API must take its tokens (`issuers`).'),
  clientId: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be printable ASCII without spaces')
    .describe('As which this session is registered there.'),
  secret: z
    .strictObject({ upstream: name, name })
    .describe('Where its client secret is kept: a secret of an upstream, set for the origin of the token endpoint.'),
  clientAuthentication: z.enum(['client_secret_basic', 'client_secret_post']).default('client_secret_basic'),
  apiParameter: z
    .enum(['resource', 'audience', 'none'])
    .default('resource')
    .describe('By which parameter it is told for which API tokens shall be: that of RFC 8707, or its own.'),
});

export const browserSessionSchema = z.strictObject({
  description: z.string().max(LIMITS.textLengthMax).optional(),
  origin: z
    .url({ protocol: /^https?$/ })
    .max(255)
    .describe('Where browsers reach the gateway, as `https://shop.example.com`. Plain http on the loopback alone.'),
  path: path.default('/session').describe('Under it are login, callback, logout and info.'),
  client: name.optional().describe('The confidential client in whose name people sign in here.'),
  provider: providerSchema.optional().describe('Instead of `client`: people sign in at another OpenID provider.'),
  api: name.describe('The API that the tokens of a session are for.'),
  scopes: z
    .array(z.string().max(128))
    .min(1)
    .max(LIMITS.listLengthMax)
    .describe('What is asked for at sign-in. `openid` is among them.'),
  idleSeconds: z.int().min(60).max(2_592_000).default(1800).describe('Without a request for so long, it is over.'),
  absoluteSeconds: z
    .int()
    .min(60)
    .max(7_776_000)
    .default(43_200)
    .describe('After so long, it is over whatever happens.'),
  landing: path.default('/').describe('Where to after signing in, when nowhere was asked for, and after signing out.'),
});

export type BrowserSessionSpec = z.output<typeof browserSessionSchema>;

/** What the schema can't say. */
export function checkBrowserSession(spec: BrowserSessionSpec): FieldError[] {
  const errors: FieldError[] = [];
  const url = URL.parse(spec.origin);
  if (url === null || url.origin !== spec.origin) {
    errors.push({ path: 'origin', message: 'must be an origin: scheme, host and port, and nothing else' });
  } else if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    errors.push({ path: 'origin', message: 'must be https: a cookie on plain http is everybody’s on the way' });
  }
  if (spec.path === '/' || !isPlain(spec.path)) {
    errors.push({ path: 'path', message: 'must be a canonical path below the root, without a slash at its end' });
  }
  if (!isPlain(spec.landing)) errors.push({ path: 'landing', message: 'must be a canonical path' });
  if (!spec.scopes.includes('openid')) {
    errors.push({ path: 'scopes', message: '`openid` is missing: without it nobody is told who signed in' });
  }
  if ((spec.client === undefined) === (spec.provider === undefined)) {
    errors.push({ path: 'client', message: 'needs either `client` or `provider`, which say where people sign in' });
  }
  // Of others, many give nothing to renew with unless it is asked for; signing out takes it back.
  if (spec.provider === undefined && spec.scopes.includes('offline_access')) {
    errors.push({ path: 'scopes', message: '`offline_access` would outlive the sign-in, and signing out with it' });
  }
  if (new Set(spec.scopes).size < spec.scopes.length) errors.push({ path: 'scopes', message: 'names something twice' });
  if (spec.idleSeconds > spec.absoluteSeconds) {
    errors.push({ path: 'idleSeconds', message: 'is longer than `absoluteSeconds`' });
  }
  return errors;
}

function isPlain(text: string): boolean {
  const target = canonicalTarget(text);
  return target.ok && target.path === text;
}

/** Names and addresses that never leave the machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}

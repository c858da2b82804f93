import { z } from 'zod';
import type { FieldError } from '#base';

/** Where the gateway puts what a service asks for. The value itself stands sealed elsewhere: a configuration is read by many. */

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SECRETS_MAX = 8;

export const upstreamSecretsSchema = z
  .array(
    z.strictObject({
      name: z.string().regex(NAME, 'must be lower-case letters, digits and hyphens').describe('By which it is set.'),
      header: z
        .strictObject({
          name: z
            .string()
            .max(64)
            .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be the name of a header in lower case'),
          prefix: z
            .string()
            .min(1)
            .max(64)
            .regex(/^[\x21-\x7e][\x20-\x7e]*$/, 'must be printable ASCII')
            .optional()
            .describe('What stands before the value, with its space: `Bearer `.'),
        })
        .optional(),
      query: z
        .string()
        .max(64)
        .regex(/^[A-Za-z0-9._~-]+$/, 'must be letters, digits, dots, hyphens, underscores or tildes')
        .optional()
        .describe('Name of the parameter. A header is better: services write addresses into their logs.'),
      client: z
        .literal(true)
        .optional()
        .describe('Sent with no request: a client secret, for sessions whose people sign in there.'),
    }),
  )
  .max(SECRETS_MAX);

export type UpstreamSecretsSpec = z.output<typeof upstreamSecretsSchema>;

/** What frames a request, or says where it came from and who sent it: a value there would be believed for another thing. */
const NEVER = new Set([
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'date',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'traceparent',
  'tracestate',
  'upgrade',
  'via',
]);
const NEVER_PREFIXES = ['gatehouse-', 'x-gatehouse-', 'x-forwarded-', 'sec-'];

/** What the schema can't say. */
export function checkUpstreamSecrets(secrets: UpstreamSecretsSpec): FieldError[] {
  const errors: FieldError[] = [];
  const [names, places] = [new Set<string>(), new Set<string>()];
  for (const [index, { name, header, query, client }] of secrets.entries()) {
    const path = `secrets.${index}`;
    if (names.has(name)) errors.push({ path: `${path}.name`, message: 'is there twice' });
    names.add(name);
    if ([header, query, client].filter((place) => place !== undefined).length !== 1) {
      errors.push({ path, message: 'needs `header`, `query` or `client`, one of which says where the value goes' });
      continue;
    }
    if (client === true) continue;
    const place = header === undefined ? `?${query}` : header.name;
    if (places.has(place)) errors.push({ path, message: 'goes to the same place as another' });
    places.add(place);
    if (header !== undefined && (NEVER.has(place) || NEVER_PREFIXES.some((prefix) => place.startsWith(prefix))))
      errors.push({ path: `${path}.header.name`, message: 'is for the gateway itself to write' });
  }
  return errors;
}

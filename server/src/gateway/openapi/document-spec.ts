import { z } from 'zod';
import { LIMITS } from '#base';

/** How deep and how large a document may be is said by what a resource may be at all (docs/guides/openapi.md). */
export const apiDocumentSchema = z.strictObject({
  description: z.string().max(LIMITS.textLengthMax).optional(),
  api: z
    .string()
    .max(LIMITS.nameLengthMax)
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be the name of an API')
    .describe('The API that it describes. An API has one description.'),
  prefix: z
    .string()
    .max(1024)
    .regex(/^(\/[^\s?#]*)?$/, 'must be a path that begins with a slash')
    .default('')
    .describe('In front of every path of the document: where the API is served here.'),
  listed: z
    .boolean()
    .default(false)
    .describe('Whoever signs in to the portal may read it, without what is marked `x-internal`.'),
  document: z.record(z.string(), z.unknown()).describe('OpenAPI 3.1. Nothing that it refers to is fetched.'),
});

export type ApiDocumentSpec = z.output<typeof apiDocumentSchema>;

/** How a route uses the description of its API. */
export const routeOpenApiSchema = z.strictObject({
  document: z
    .string()
    .max(LIMITS.nameLengthMax)
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be the name of an API document')
    .describe('The api_document that describes the requests.'),
  validate: z
    .enum(['off', 'report', 'enforce'])
    .default('enforce')
    .describe('What is not as described is refused; or let through and counted; or not looked at, but for the drift.'),
  multipart: z
    .enum(['check', 'stream'])
    .default('check')
    .describe('Forms of several parts, files among them: kept and checked like others; or passed on as they come.'),
  bodyBytesMax: z
    .int()
    .min(1)
    .max(16 * 1024 * 1024)
    .default(1024 * 1024)
    .describe('Bodies that a schema describes are kept in memory until they are checked; larger ones are refused.'),
});

export type RouteOpenApiSpec = z.output<typeof routeOpenApiSchema>;

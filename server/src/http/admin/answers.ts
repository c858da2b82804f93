import { z } from 'zod';
import { LIMITS } from '#base';

/** Pages of a list. A cursor is opaque: it is only good for asking for the page after. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(LIMITS.pageSizeMax).default(LIMITS.pageSizeDefault),
  cursor: z.string().min(1).max(256).optional(),
});

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable().describe('null on the last page') });
}

/** RFC 9457. Members beyond these carry details, for example `missing` or `referrers`. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    instance: z.string(),
    fields: z.array(z.looseObject({ path: z.string(), message: z.string() })).optional(),
  })
  .describe('Problem document (RFC 9457)');

/** For the description only: failures are written by the error handler. */
export const failures = { '4xx': problemSchema, '5xx': problemSchema };

/** Milliseconds since the epoch. */
export const instant = z.number().describe('milliseconds since 1970-01-01T00:00:00Z');

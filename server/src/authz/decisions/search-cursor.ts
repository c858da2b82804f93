import { createHash } from 'node:crypto';
import { z } from 'zod';
import { decisionsErrors } from '../errors.ts';

/** Where a search goes on: behind the last one that was looked at. It belongs to one question and one page size. */
export interface Cursor {
  after: string;
  limit: number;
}

const cursorSchema = z.strictObject({ q: z.string(), a: z.string().max(2048), l: z.int().min(0) });

/** The token is no secret and no permission: what it leads to is decided anew. */
export function writeCursor(question: unknown, { after, limit }: Cursor): string {
  return Buffer.from(JSON.stringify({ q: digestOf(question), a: after, l: limit })).toString('base64url');
}

/**
 * @param limit as asked with the token: the same as before, or none
 * @throws `page_token_invalid`
 */
export function readCursor(question: unknown, token: string, limit: number | undefined): Cursor {
  const parsed = cursorSchema.safeParse(parseJson(Buffer.from(token, 'base64url').toString()));
  if (!parsed.success || parsed.data.q !== digestOf(question)) throw decisionsErrors.page_token_invalid();
  const { a: after, l } = parsed.data;
  if (limit !== undefined && limit !== l) throw decisionsErrors.page_token_invalid();
  return { after, limit: l };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function digestOf(question: unknown): string {
  return createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 22);
}

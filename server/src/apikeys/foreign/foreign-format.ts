import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';

/**
 * How another system kept its keys. Only what can be looked up by the key's text alone: a salt of its own for each key would
 * ask for a computation per key and request, which a flood would turn into an outage.
 */
export const foreignFormatSchema = z
  .strictObject({
    algorithm: z.enum(['sha256', 'hmac-sha256']),
    prefix: z
      .string()
      .regex(/^(|[A-Za-z0-9._~-]{2,32})$/, 'must be 2 to 32 letters, digits and . _ ~ -, or nothing')
      .refine(
        (text) => text === '' || (!text.startsWith('gh_') && !'gh_'.startsWith(text)),
        'gh_ is for keys of our own',
      )
      .refine(
        (text) => text === '' || (!text.startsWith('eyJ') && !'eyJ'.startsWith(text)),
        'access tokens begin with eyJ',
      )
      .describe(
        'What every one of these keys begins with; texts that begin otherwise are not looked at. Empty where they have nothing in common: then they are letters and digits.',
      ),
    lengthMin: z.int().min(16).max(512).describe('Of the whole key, in characters.'),
    lengthMax: z.int().min(16).max(512),
    saltBefore: z.string().max(256).optional().describe('Hashed before the key.'),
    saltAfter: z.string().max(256).optional().describe('Hashed after the key.'),
    secret: z.string().min(16).max(1024).optional().describe('Of HMAC, as text.'),
  })
  .refine(({ lengthMin, lengthMax }) => lengthMin <= lengthMax, { path: ['lengthMax'], message: 'is below lengthMin' })
  .refine(({ algorithm, secret }) => (algorithm === 'hmac-sha256') === (secret !== undefined), {
    path: ['secret'],
    message: 'is for hmac-sha256, and needed there',
  });

export type ForeignFormat = z.output<typeof foreignFormatSchema>;

/** SHA-256 in hex, base64 or base64url, with or without padding. */
export const foreignHashSchema = z
  .string()
  .regex(/^([0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{43}=?)$/, 'must be 32 bytes in hex, base64 or base64url')
  .transform((text) => (text.length === 64 ? text.toLowerCase() : Buffer.from(text, 'base64').toString('hex')))
  .refine((hex) => hex.length === 64, 'must be 32 bytes');

/** No access token has this shape: ours hold a dot or an underscore (`gh_at_`), and so do the keys of our own. */
const LETTERS_AND_DIGITS = /^[A-Za-z0-9]+$/;

export function hasShape({ prefix, lengthMin, lengthMax }: ForeignFormat, text: string): boolean {
  if (text.length < lengthMin || text.length > lengthMax) return false;
  return prefix === '' ? LETTERS_AND_DIGITS.test(text) : text.startsWith(prefix);
}

/** In hex, as the other system had it. */
export function foreignDigest({ secret, saltBefore = '', saltAfter = '' }: ForeignFormat, text: string): string {
  const hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  return hash.update(`${saltBefore}${text}${saltAfter}`).digest('hex');
}

/**
 * What is hashed again, under our key, before it is stored: whoever has the database and knows how the other system hashed
 * can still try nothing. Bound to tenant and format, so that a digest that two systems share is two keys.
 */
export function foreignText(tenantId: string, formatId: string, digest: string): string {
  return `foreign ${tenantId} ${formatId} ${digest}`;
}

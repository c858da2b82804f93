import { z } from 'zod';

const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}]+$/u;
const NAME = /^[^\p{Cc}<>"]*$/u;

const password = z
  .discriminatedUnion('from', [
    z.strictObject({ from: z.literal('environment'), variable: z.string().min(1).default('GATEHOUSE_SMTP_PASSWORD') }),
    z.strictObject({ from: z.literal('file'), path: z.string().min(1).describe('relative to this file') }),
  ])
  .describe('Where the password for the mail server comes from. It is never written into this file.');

/** The mail server that everything is sent through. */
export const mail = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[A-Za-z0-9.:[\]-]+$/, 'must be a host name or an address'),
    port: z.int().min(1).max(65_535).default(587).describe('587 for starttls, 465 for implicit.'),
    tls: z
      .enum(['starttls', 'implicit', 'none'])
      .default('starttls')
      .describe('How the connection is encrypted; a server that can’t is not written to. none only on this machine.'),
    user: z.string().min(1).max(255).optional(),
    password: password.optional(),
    from: z.string().max(254).regex(ADDRESS, 'must be an address such as no-reply@example.com').describe('Who sends.'),
    fromName: z
      .string()
      .max(100)
      .regex(NAME, 'must not hold control characters, quotes or angle brackets')
      .default('Gatehouse'),
  })
  .describe('The mail server. Without one, mails wait in the outbox, which development can look at.');

import { z } from 'zod';
import { defineKind } from '#resources';

const DOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;
const DOMAINS_MAX = 200;

const schema = z.strictObject({
  mode: z
    .enum(['off', 'open'])
    .default('off')
    .describe('Who may make an account: with `open` anybody, with `off` only who was invited.'),
  allowedDomains: z
    .array(z.string().max(253).regex(DOMAIN, 'use a domain in lower case, for example example.com'))
    .max(DOMAINS_MAX)
    .optional()
    .describe('Only addresses of these domains, exactly; all when left out.'),
});

export type RegistrationPolicySpec = z.output<typeof schema>;

/** Off unless said otherwise. */
export const DEFAULT_REGISTRATION_POLICY: RegistrationPolicySpec = { mode: 'off' };

export const registrationPolicyKind = defineKind({
  kind: 'registration_policy',
  plural: 'registration_policies',
  idKind: 'registrationPolicy',
  singleton: true,
  description: 'Whether people may make accounts for themselves, and with which addresses.',
  schema,
});

/** By the part after the `@`, exactly: an address at `example.com.evil.org` or `sub.example.com` is another's. */
export function isDomainAllowed({ allowedDomains }: RegistrationPolicySpec, email: string): boolean {
  if (allowedDomains === undefined) return true;
  return allowedDomains.includes(email.slice(email.lastIndexOf('@') + 1).toLowerCase());
}

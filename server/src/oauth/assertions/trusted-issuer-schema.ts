import { z } from 'zod';
import { type FieldError, isId, LIMITS } from '#base';
import { resourceNameSchema, scopeSchema } from '../clients/scope.ts';

const CONDITIONS_MAX = 20;

const httpsUrl = z
  .string()
  .max(LIMITS.urlLengthMax)
  .refine((text) => /^https?:/.test(text) && URL.canParse(text) && !/[?#]/.test(text), 'must be an https address');
const claimName = z.string().min(1).max(100);

/** How an assertion's claim names a person of ours. */
export const SUBJECT_MAPPINGS = ['user_id', 'email', 'fixed'] as const;

/** Another issuer whose assertions are exchanged for tokens here (RFC 7523 §2.1, identity assertion grant). */
export const trustedIssuerSchema = z.strictObject({
  issuer: httpsUrl.describe('`iss` of its assertions.'),
  jwksUri: httpsUrl.optional().describe('Where its keys are. Left out: its metadata tells (OpenID Connect Discovery).'),
  accepts: z
    .array(z.enum(['jwt_bearer', 'id_jag']))
    .min(1)
    .max(2)
    .describe('jwt_bearer: assertions that name a person (RFC 7523). id_jag: assertions that also name the client.'),
  audiences: z
    .array(z.string().min(1).max(LIMITS.urlLengthMax))
    .max(10)
    .optional()
    .describe('`aud` that counts, besides this server’s own issuer.'),
  clients: z
    .array(resourceNameSchema)
    .max(LIMITS.listLengthMax)
    .optional()
    .describe('Clients that may use it; all, if left out.'),
  claims: z
    .record(claimName, z.string().min(1).max(LIMITS.textLengthMax))
    .default({})
    .describe('Claim to the text it must have. A star at the end stands for any rest.'),
  subject: z
    .strictObject({
      mapping: z
        .enum(SUBJECT_MAPPINGS)
        .describe('user_id: an id of ours. email: an address that is verified, there and here. fixed: one person.'),
      claim: claimName
        .optional()
        .describe('The claim that is looked at: `sub`, or `email` for addresses, unless given.'),
      user: z.string().max(64).optional().describe('For fixed: the id of the person (usr_…).'),
    })
    .describe('Who the token will be about.'),
  scopes: z.array(scopeSchema).max(LIMITS.listLengthMax).describe('The most that can come of its assertions.'),
  description: z.string().max(LIMITS.textLengthMax).optional(),
});

export type TrustedIssuerSpec = z.output<typeof trustedIssuerSchema>;

export function checkTrustedIssuer({ subject, claims }: TrustedIssuerSpec): FieldError[] {
  const problems: FieldError[] = [];
  const isFixed = subject.mapping === 'fixed';
  if (isFixed !== (subject.user !== undefined)) {
    problems.push({ path: 'subject.user', message: 'The mapping `fixed` names a user; the others must not.' });
  } else if (subject.user !== undefined && !isId('user', subject.user)) {
    problems.push({ path: 'subject.user', message: 'This is no id of a user (usr_…).' });
  }
  if (isFixed && Object.keys(claims).length === 0) {
    problems.push({
      path: 'claims',
      message: 'With `fixed`, every assertion is this person: say which, by a condition.',
    });
  }
  if (Object.keys(claims).length > CONDITIONS_MAX) {
    problems.push({ path: 'claims', message: `At most ${CONDITIONS_MAX} conditions.` });
  }
  return problems;
}

/** Another authorization server that takes our identity assertions: which clients of ours may ask for them. */
export const authorizationServerSchema = z.strictObject({
  issuer: httpsUrl.describe('Its issuer identifier: the `aud` of the assertions, and the `audience` clients ask for.'),
  clients: z
    .array(
      z.strictObject({
        client: resourceNameSchema.describe('A client of ours.'),
        clientId: z.string().min(1).max(LIMITS.urlLengthMax).describe('What that server calls it.'),
        scopes: z
          .array(scopeSchema)
          .max(LIMITS.listLengthMax)
          .default([])
          .describe('Scopes it may ask that server for.'),
      }),
    )
    .min(1)
    .max(LIMITS.listLengthMax),
  includeEmail: z.boolean().optional().describe('Tell it the person’s e-mail address, by which it may know them.'),
  description: z.string().max(LIMITS.textLengthMax).optional(),
});

export type AuthorizationServerSpec = z.output<typeof authorizationServerSchema>;

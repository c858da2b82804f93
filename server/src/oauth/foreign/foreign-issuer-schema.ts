import { z } from 'zod';
import { type FieldError, isId, LIMITS } from '#base';
import { scopeSchema } from '../clients/scope.ts';

const ISSUERS_MAX = 10;
const CONDITIONS_MAX = 20;
const MAPPED_MAX = 100;

/** No `#`: it parts the issuer from the subject in the id of a principal. */
const address = z
  .string()
  .max(LIMITS.urlLengthMax)
  .refine(
    (text) => /^https?:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text) && !/[?#]/.test(text),
    'must be an https address, without query and fragment',
  );
const claimName = z.string().min(1).max(200);
const text = z.string().min(1).max(LIMITS.textLengthMax);

const foreignIssuerSchema = z.strictObject({
  issuer: address.describe('`iss` of its tokens, exactly.'),
  jwksUri: address.optional().describe('Where its keys are. Left out: its metadata tells (OpenID Connect Discovery).'),
  audiences: z
    .array(z.string().min(1).max(LIMITS.urlLengthMax))
    .min(1)
    .max(10)
    .optional()
    .describe('What it calls this API: one of these must be in `aud`. The audience of the API, if left out.'),
  types: z
    .array(z.enum(['at+jwt', 'JWT']))
    .min(1)
    .max(2)
    .default(['at+jwt'])
    .describe('`typ` that counts. JWT, or none, is what issuers write that do not follow RFC 9068.'),
  conditions: z
    .record(claimName, text)
    .default({})
    .describe('Claim to the text it must have. A star at the end stands for any rest.'),
  scopes: z
    .strictObject({
      claim: claimName.default('scope').describe('A text of scopes, or a list.'),
      allowed: z.array(scopeSchema).max(LIMITS.listLengthMax).describe('The only ones that count.'),
    })
    .describe('What its tokens may do here.'),
  roles: z
    .strictObject({
      claim: claimName.describe('A text or a list. `realm_access.roles` is the member of a member.'),
      values: z.record(text, z.string().min(1).max(LIMITS.nameLengthMax)).describe('Its word to a role of ours.'),
    })
    .optional()
    .describe('Left out: its tokens bring no roles.'),
  organization: z
    .strictObject({
      claim: claimName,
      values: z.record(text, z.string().max(64)).describe('Its word to the id of an organization of ours (org_…).'),
    })
    .optional()
    .describe(
      'Left out: its callers belong to no organization. With it, a token of no organization named here is refused.',
    ),
});

export const foreignIssuersSchema = z
  .array(foreignIssuerSchema)
  .max(ISSUERS_MAX)
  .describe('Other issuers whose access tokens the gateway accepts for this API.');

export type ForeignIssuerSpec = z.output<typeof foreignIssuerSchema>;

export function checkForeignIssuers(issuers: readonly ForeignIssuerSpec[] = []): FieldError[] {
  const problems: FieldError[] = [];
  for (const [index, { issuer, conditions, roles, organization }] of issuers.entries()) {
    const at = `issuers.${index}`;
    if (issuers.findIndex((other) => other.issuer === issuer) < index) {
      problems.push({ path: `${at}.issuer`, message: 'is there already; one entry for each issuer' });
    }
    const counts = {
      conditions,
      'roles.values': roles?.values ?? {},
      'organization.values': organization?.values ?? {},
    };
    for (const [path, values] of Object.entries(counts)) {
      const most = path === 'conditions' ? CONDITIONS_MAX : MAPPED_MAX;
      if (Object.keys(values).length > most) problems.push({ path: `${at}.${path}`, message: `at most ${most}` });
    }
    for (const [word, id] of Object.entries(organization?.values ?? {})) {
      if (isId('organization', id)) continue;
      problems.push({ path: `${at}.organization.values.${word}`, message: 'is no id of an organization (org_…)' });
    }
  }
  return problems;
}

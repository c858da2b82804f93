import { z } from 'zod';
import { type FieldError, LIMITS } from '#base';
import { checkClaimsMapping } from '../tokens/mapped-claims.ts';
import { checkClientAnswers, clientAnswerFields } from './client-answer-schema.ts';
import { checkClientSecurity, clientSecurityFields } from './client-security-schema.ts';
import { clientTokenFields } from './client-token-schema.ts';
import { GRANT_TYPES, RENEWABLE_GRANTS } from './grant-types.ts';
import { checkOwnedClient } from './owned-client.ts';
import { redirectUriProblem } from './redirect-uri.ts';
import { resourceNameSchema, scopeSchema } from './scope.ts';
import { checkSector, sectorFields } from './sector.ts';

const redirectUriSchema = z
  .string()
  .max(LIMITS.urlLengthMax)
  .superRefine((uri, context) => {
    const problem = redirectUriProblem(uri);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: `The redirect URI ${problem}.` });
  });

/** An application that asks for tokens. Its client_id is the resource's name. */
export const clientSchema = z.strictObject({
  displayName: z.string().min(1).max(100).optional().describe('Shown to people on the consent page.'),
  type: z
    .enum(['confidential', 'public'])
    .describe('confidential: a server that can keep a secret. public: an app in a browser or on a device.'),
  grants: z.array(z.enum(GRANT_TYPES)).max(GRANT_TYPES.length).describe('Ways it gets tokens.'),
  redirectUris: z.array(redirectUriSchema).max(LIMITS.listLengthMax).default([]),
  backchannelNotificationUri: z
    .string()
    .max(LIMITS.urlLengthMax)
    .refine((text) => /^https?:/.test(text) && URL.canParse(text) && !text.includes('#'), 'must be an https address')
    .optional()
    .describe('Pinged when a person has answered (CIBA, ping). Left out: the client polls.'),
  backchannelLogoutUri: z
    .string()
    .max(LIMITS.urlLengthMax)
    .refine((text) => /^https?:/.test(text) && URL.canParse(text) && !text.includes('#'), 'must be an https address')
    .optional()
    .describe('Told when somebody is signed out (OpenID Connect Back-Channel Logout).'),
  postLogoutRedirectUris: z.array(redirectUriSchema).max(LIMITS.listLengthMax).optional(),
  scopes: z.array(scopeSchema).max(LIMITS.listLengthMax).default([]).describe('Scopes it may ask for.'),
  defaultScopes: z
    .array(scopeSchema)
    .min(1)
    .max(LIMITS.listLengthMax)
    .optional()
    .describe('What it gets when it asks for no scope. All of `scopes` unless said otherwise.'),
  requiredScopes: z
    .array(scopeSchema)
    .max(LIMITS.listLengthMax)
    .optional()
    .describe('People can’t untick these when they are asked to consent. `openid` is always one of them.'),
  apis: z.array(resourceNameSchema).max(LIMITS.listLengthMax).default([]).describe('APIs it may call, by name.'),
  firstParty: z.boolean().optional().describe('Ours: people are not asked to consent.'),
  organization: resourceNameSchema
    .optional()
    .describe('The organization whose client it is, for which it acts. Its name then begins with `<organization>--`.'),
  plan: resourceNameSchema.optional().describe('Plan whose limits apply to its tokens.'),
  ...clientTokenFields,
  ...sectorFields,
  ...clientAnswerFields,
  metadataDocument: z
    .string()
    .max(512)
    .optional()
    .describe('The address that is its client_id and describes it. Set when it first comes; left out for all others.'),
  ...clientSecurityFields,
});

export type ClientSpec = z.output<typeof clientSchema>;

/** Rules across fields. */
export function checkClient(spec: ClientSpec): FieldError[] {
  const problems: FieldError[] = [];
  const grants = new Set(spec.grants);
  if (spec.type === 'public' && grants.has('client_credentials')) {
    // RFC 6749 §4.4: MUST only be used by confidential clients.
    problems.push({ path: 'grants', message: 'A public client may not use client_credentials (RFC 6749 §4.4).' });
  }
  if (spec.type === 'public' && grants.has('ciba')) {
    problems.push({
      path: 'grants',
      message: 'A public client may not use ciba: anybody could ask people in its name.',
    });
  }
  if (grants.has('authorization_code') && spec.redirectUris.length === 0) {
    problems.push({ path: 'redirectUris', message: 'authorization_code needs at least one redirect URI.' });
  }
  if (grants.has('refresh_token') && !spec.grants.some((grant) => RENEWABLE_GRANTS.has(grant))) {
    const issuing = [...RENEWABLE_GRANTS].join(', ');
    problems.push({ path: 'grants', message: `refresh_token needs a grant that issues one: add one of ${issuing}.` });
  }
  for (const path of ['defaultScopes', 'requiredScopes'] as const) {
    for (const scope of spec[path] ?? []) {
      if (spec.scopes.includes(scope)) continue;
      problems.push({ path, message: `${scope} is not among its scopes. Add it there, or leave it out.` });
    }
  }
  if (grants.size === 0 && spec.resourceServerFor === undefined) {
    problems.push({ path: 'grants', message: 'Name at least one grant: this client could do nothing.' });
  }
  if (spec.resourceServerFor !== undefined && spec.type === 'public') {
    problems.push({ path: 'resourceServerFor', message: 'Introspection is for confidential clients (RFC 7662 §2.1).' });
  }
  return [
    ...problems,
    ...checkOwnedClient(spec),
    ...checkClaimsMapping(spec.claims),
    ...checkSector(spec),
    ...checkClientSecurity(spec),
    ...checkClientAnswers(spec),
  ];
}

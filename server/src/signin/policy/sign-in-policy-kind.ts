import { z } from 'zod';
import { LIMITS } from '#base';
import { defineKind } from '#resources';

/** Everything a person can prove themselves with here. */
export const FACTORS = ['password', 'passkey', 'totp', 'recovery_code', 'email'] as const;
export type Factor = (typeof FACTORS)[number];

/** Not by mail: whoever reads the mailbox can set a new password too, and would need nothing else. */
const FACTORS_DEFAULT: readonly Factor[] = ['password', 'passkey', 'totp', 'recovery_code'];

/** The policy that is for everybody. Others name the organizations they are for, and can only ask for more. */
export const DEFAULT_POLICY_NAME = 'default';

const DAY_SECONDS = 24 * 3600;
const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'use lower-case letters, digits and hyphens');
const names = z.array(name).max(LIMITS.listLengthMax);

const schema = z.strictObject({
  description: z.string().max(LIMITS.textLengthMax).optional().describe('For people: what this policy is for.'),
  organizations: names
    .default([])
    .describe('For people of these organizations. The policy named "default" is for everybody and names none.'),
  factors: z
    .array(z.enum(FACTORS))
    .min(1)
    .max(FACTORS.length)
    .default([...FACTORS_DEFAULT])
    .describe(
      'What people may prove themselves with. "email", a code by mail, is a second factor for who has no better one, and never for administrators.',
    ),
  secondFactor: z
    .strictObject({
      required: z
        .enum(['administrators', 'everyone', 'nobody'])
        .default('administrators')
        .describe('Who must use one. Administrators hold a role that may change something in the Admin API.'),
      roles: names.default([]).describe('Holders of these roles must use one as well.'),
    })
    .prefault({}),
  session: z
    .strictObject({
      idleSeconds: z
        .int()
        .min(60)
        .max(90 * DAY_SECONDS)
        .default(DAY_SECONDS)
        .describe('Ends when unused for so long.'),
      absoluteSeconds: z
        .int()
        .min(300)
        .max(90 * DAY_SECONDS)
        .default(30 * DAY_SECONDS)
        .describe('Ends then in any case.'),
    })
    .prefault({}),
  rememberedDevices: z
    .strictObject({
      days: z
        .int()
        .min(0)
        .max(90)
        .default(30)
        .describe('A device is not asked for the second factor again; 0: always.'),
    })
    .prefault({}),
  impersonation: z
    .strictObject({
      minutesMax: z
        .int()
        .min(0)
        .max(120)
        .default(30)
        .describe('How long an administrator who may (impersonations:write) acts for a person at most; 0: never.'),
      tell: z.boolean().default(true).describe('Whether the person is told by mail.'),
    })
    .prefault({}),
  breachedPasswords: z
    .strictObject({
      rangeUrl: z
        .url({ protocol: /^https?$/ })
        .max(LIMITS.urlLengthMax)
        .describe('Answers <url>/<first five hex digits of SHA-1> with the rest of those found in leaks.'),
    })
    .optional()
    .describe('A service that new passwords are looked up at. It learns five digits of a hash and no more.'),
  attackChallenge: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/ })
        .max(LIMITS.urlLengthMax)
        .describe('Gets {"tenantId", "network", "suspicion"} by POST and answers {"passed": true} or false.'),
    })
    .optional()
    .describe('A service that decides on attempts which look like part of an attack; without it they are delayed.'),
});

export type SignInPolicySpec = z.output<typeof schema>;

/** In force until somebody applies a policy named "default". */
export const DEFAULT_POLICY: SignInPolicySpec = schema.parse({});

export const signInPolicyKind = defineKind({
  kind: 'sign_in_policy',
  plural: 'sign_in_policies',
  idKind: 'signInPolicy',
  description: 'Which factors people may and must sign in with, and how long their sessions last.',
  schema,
  references: ({ organizations }) =>
    organizations.map((organization, index) => ({
      kind: 'organization',
      name: organization,
      path: `organizations.${index}`,
    })),
  check: ({ factors, session, secondFactor }) => [
    ...(canBegin(factors) ? [] : [{ path: 'factors', message: CANNOT_BEGIN }]),
    ...(secondFactor.required === 'nobody' || canFollow(factors)
      ? []
      : [{ path: 'factors', message: 'name passkey or totp too, or require a second factor of nobody' }]),
    ...(session.idleSeconds <= session.absoluteSeconds
      ? []
      : [{ path: 'session.idleSeconds', message: 'is longer than absoluteSeconds; the session has ended by then' }]),
  ],
  conflicts: (policies) => {
    const everybody = policies.find(({ name: each }) => each === DEFAULT_POLICY_NAME);
    const allowed = everybody?.spec.factors ?? DEFAULT_POLICY.factors;
    return policies.flatMap(({ name: each, spec }) => {
      const common = spec.factors.filter((factor) => allowed.includes(factor));
      if (each === DEFAULT_POLICY_NAME || canBegin(common)) return [];
      const message = 'leaves nothing to sign in with besides the factors that the policy "default" allows';
      return [{ first: DEFAULT_POLICY_NAME, second: each, path: 'factors', message }];
    });
  },
});

const CANNOT_BEGIN = 'name password or passkey too: nobody could begin to sign in';
const canBegin = (factors: readonly Factor[]) => factors.includes('password') || factors.includes('passkey');
const canFollow = (factors: readonly Factor[]) => factors.includes('totp') || factors.includes('passkey');

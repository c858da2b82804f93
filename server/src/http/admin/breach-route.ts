import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { declareBreach, draftNotice, type IssueApiKeyDeps } from '#apikeys';
import { summarizeAccess } from '#audit';
import { LIMITS } from '#base';
import { callerOf, placeOf } from '../access.ts';
import { failures, instant } from './answers.ts';
import { keyAnswer, toAnswer } from './key-answer.ts';

export type BreachRouteDeps = IssueApiKeyDeps;

const breach = z.strictObject({
  credential: z.string().min(1).max(LIMITS.credentialLengthMax).describe('the API key itself, or its id'),
  reason: z.string().trim().min(1).max(LIMITS.textLengthMax).default('in the hands of others'),
  since: z.int().min(0).optional().describe('milliseconds: what was done before is not looked at'),
  replace: z.boolean().default(false).describe('issue a key that may do the same'),
});
const place = z.object({
  of: z.string().describe('a route, a method and path, or an address'),
  calls: z.int(),
  allowed: z.int(),
  bytesIn: z.int(),
  bytesOut: z.int(),
  firstAt: instant,
  lastAt: instant,
});
const answer = z.object({
  key: keyAnswer,
  touched: z
    .object({
      calls: z.int(),
      allowed: z.int(),
      bytesIn: z.int(),
      bytesOut: z.int(),
      firstAt: instant.nullable(),
      lastAt: instant.nullable(),
      routes: z.array(place),
      objects: z.array(place),
      addresses: z.array(place),
      complete: z.boolean().describe('false when there were more records or places than are shown'),
    })
    .nullable()
    .describe('null for a caller without the permission access_records:read'),
  notice: z.string().describe('a draft of what to tell those concerned'),
  replacement: keyAnswer.extend({ key: z.string() }).nullable(),
});

/** One answer to "a key is in the wrong hands": it is ended, what it touched is listed, and another takes its place. */
export function breachRoute(plain: FastifyInstance, deps: BreachRouteDeps): void {
  plain.withTypeProvider<ZodTypeProvider>().post(
    '/breaches',
    {
      config: { permission: 'keys:write', confines: true },
      schema: {
        tags: ['keys'],
        summary: 'End a key that others have, list what it touched, and replace it',
        body: breach,
        response: { 200: answer, ...failures },
      },
    },
    async (request) => {
      const { credential, reason, since, replace } = request.body;
      const where = placeOf(request);
      const caller = callerOf(request);
      const declared = await declareBreach(deps, {
        ...where,
        actor: caller.principal,
        credential,
        reason,
        replace,
      });
      const { apiKey, replacement } = declared;
      const from = since === undefined ? {} : { from: since };
      const touched = caller.holds('access_records:read')
        ? await summarizeAccess(deps, { ...where, credentialId: apiKey.id, ...from })
        : undefined;
      return {
        key: toAnswer(apiKey),
        touched:
          touched === undefined
            ? null
            : { ...touched, firstAt: touched.firstAt ?? null, lastAt: touched.lastAt ?? null },
        notice: draftNotice({ apiKey, touched, now: deps.clock.now() }),
        replacement: replacement === undefined ? null : { ...toAnswer(replacement.apiKey), key: replacement.key },
      };
    },
  );
}

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type DeclareBreachDeps, declareBreach, draftNotice } from '#apikeys';
import { type AccessRecorder, eventsByCredential, summarizeAccess } from '#audit';
import { LIMITS } from '#base';
import { callerOf, placeOf } from '../access.ts';
import { failures, instant } from './answers.ts';
import { keyAnswer, toAnswer } from './key-answer.ts';

export interface BreachRouteDeps extends DeclareBreachDeps {
  /** Left out: nothing is on its way to the database. */
  accessRecorder?: Pick<AccessRecorder, 'flush'>;
}

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
      tokens: z.int().describe('exchanged for it; what was done with them is among the rest'),
      complete: z.boolean().describe('false when there were more records or places than are shown'),
    })
    .nullable()
    .describe('null for a caller without the permission access_records:read'),
  changed: z
    .object({
      counts: z.array(z.object({ type: z.string(), count: z.int() })),
      events: z.array(
        z.object({
          at: instant,
          type: z.string(),
          target: z.object({ type: z.string(), id: z.string(), name: z.string().optional() }),
        }),
      ),
      complete: z.boolean().describe('false when there were more events than are shown'),
    })
    .nullable()
    .describe('what was done in this house with it, newest first; null for a caller without the permission audit:read'),
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
      await deps.accessRecorder?.flush();
      const read = await summarizeAccess(deps, { ...where, credentialId: apiKey.id, ...from });
      const touched = caller.holds('access_records:read') ? { ...read, tokens: read.tokens.length } : undefined;
      const changed = caller.holds('audit:read')
        ? await eventsByCredential(deps, {
            ...where,
            actorId: apiKey.owner?.id ?? apiKey.id,
            credentialIds: [apiKey.id, ...read.tokens],
            from: Math.max(apiKey.createdAt, since ?? 0),
          })
        : undefined;
      return {
        key: toAnswer(apiKey),
        touched:
          touched === undefined
            ? null
            : { ...touched, firstAt: touched.firstAt ?? null, lastAt: touched.lastAt ?? null },
        changed:
          changed === undefined
            ? null
            : {
                counts: changed.counts,
                events: changed.items.map(({ at, type, target }) => ({ at, type, target })),
                complete: changed.complete,
              },
        notice: draftNotice({ apiKey, touched, changed, now: deps.clock.now() }),
        replacement: replacement === undefined ? null : { ...toAnswer(replacement.apiKey), key: replacement.key },
      };
    },
  );
}

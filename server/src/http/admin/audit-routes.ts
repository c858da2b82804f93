import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type AccessRecord,
  type CheckpointWitness,
  type ListedAuditEvent,
  listAccessRecords,
  listEvents,
  verifyAudit,
} from '#audit';
import { stepOutcomes } from '#gateway';
import type { Keyring } from '#keyring';
import type { Store } from '#store';
import { callerOf, placeOf } from '../access.ts';
import { httpErrors } from '../errors.ts';
import { failures, instant, pageOf, pageQuery } from './answers.ts';

export interface AuditRoutesDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
  auditWitness: CheckpointWitness;
}

const text = z.string().min(1).max(200).optional();
const millis = z.coerce.number().int().min(0).optional();
const eventQuery = pageQuery.extend({
  type: text,
  actorId: text,
  targetType: text,
  targetId: text,
  from: millis,
  to: millis,
});
const eventAnswer = z.object({
  sequence: z.int(),
  id: z.string(),
  at: instant,
  type: z.string(),
  organizationId: z.string().optional(),
  actor: z.looseObject({ type: z.string(), id: z.string() }),
  target: z.object({ type: z.string(), id: z.string(), name: z.string().optional() }),
  detail: z.record(z.string(), z.unknown()).optional(),
});
/** In the order of the pipeline; `record` is last. */
const stepAnswer = z.object({
  step: z.string(),
  outcome: z.enum(['passed', 'refused', 'answered', 'failed', 'not_reached', 'unknown']),
  note: z.string().optional(),
});
const reportAnswer = z.object({
  ok: z.boolean(),
  events: z.int(),
  checkpoints: z.int(),
  problems: z.array(z.object({ kind: z.string(), sequence: z.int(), message: z.string() })),
});
const recordQuery = pageQuery.extend({
  principalId: text,
  credentialId: text,
  route: text,
  allowed: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional(),
  method: z
    .string()
    .regex(/^[A-Za-z]{1,20}$/)
    .transform((value) => value.toUpperCase())
    .optional(),
  pathPrefix: text.describe('what the path begins with'),
  status: z
    .string()
    .regex(/^[1-5](\d\d|xx)$/, 'must be a status such as 403, or a class such as 4xx')
    .optional(),
  from: millis,
  to: millis,
});
const recordAnswer = z.object({
  decisionId: z.string(),
  organizationId: z.string().optional(),
  at: instant,
  principalType: z.string(),
  principalId: z.string(),
  credentialType: z.string(),
  credentialId: z.string(),
  clientId: z.string().optional(),
  actors: z
    .array(z.object({ id: z.string(), clientId: z.string().optional() }))
    .optional()
    .describe('Who acted for the principal (RFC 8693), the current one first.'),
  route: z.string().optional(),
  method: z.string(),
  path: z.string(),
  status: z.int(),
  allowed: z.boolean(),
  reason: z.string(),
  policies: z.array(z.string()),
  notes: z.string().optional().describe('what steps said of their outcome'),
  upstream: z.string().optional(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  durationMicros: z.number(),
  remoteAddress: z.string(),
});

/** What happened: events of this house, and requests at the gateway. */
export function auditRoutes(plain: FastifyInstance, deps: AuditRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['audit'];

  server.get(
    '/audit/events',
    {
      config: { permission: 'audit:read', confines: true },
      schema: {
        tags,
        summary: 'Audit events, newest first',
        querystring: eventQuery,
        response: { 200: pageOf(eventAnswer), ...failures },
      },
    },
    async (request) => {
      const { cursor, ...filter } = given(request.query);
      const page = await listEvents(deps, {
        ...placeOf(request),
        ...filter,
        ...(cursor === undefined ? {} : { after: cursor }),
      });
      return { items: page.items.map(toEvent), nextCursor: page.next ?? null };
    },
  );

  server.post(
    '/audit/verify',
    {
      config: { permission: 'audit:read' },
      schema: {
        tags,
        summary: 'Check the chain of events against its checkpoints',
        response: { 200: reportAnswer, ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { ok, events, checkpoints, problem } = await verifyAudit(
        { ...deps, witness: deps.auditWitness },
        { tenantId },
      );
      return { ok, events, checkpoints, problems: problem === undefined ? [] : [problem] };
    },
  );

  server.get(
    '/access-records',
    {
      config: { permission: 'access_records:read', confines: true },
      schema: {
        tags,
        summary: 'Requests at the gateway, newest first',
        querystring: recordQuery,
        response: { 200: pageOf(recordAnswer), ...failures },
      },
    },
    async (request) => {
      const { cursor, status, ...filter } = given(request.query);
      const page = await listAccessRecords(deps, {
        ...placeOf(request),
        ...filter,
        ...(status === undefined ? {} : statusRange(status)),
        ...(cursor === undefined ? {} : { after: cursor }),
      });
      return { items: page.items.map(toAnswer), nextCursor: page.next ?? null };
    },
  );

  server.get(
    '/decisions/:decisionId',
    {
      config: { permission: 'access_records:read', confines: true },
      schema: {
        tags,
        summary: 'Why one request was allowed or denied, and what each step made of it',
        params: z.strictObject({ decisionId: z.string().min(1).max(128) }),
        response: { 200: recordAnswer.extend({ steps: z.array(stepAnswer) }), ...failures },
      },
    },
    async (request) => {
      const { decisionId } = request.params;
      const { items } = await listAccessRecords(deps, { ...placeOf(request), decisionId, limit: 1 });
      const [record] = items;
      if (record === undefined) throw httpErrors.decision_not_found();
      return { ...toAnswer(record), steps: stepOutcomes(record).map((each) => ({ ...each })) };
    },
  );
}

/** `403` is one status, `4xx` a hundred. */
function statusRange(status: string): { statusMin: number; statusMax: number } {
  return { statusMin: Number(status.replace('xx', '00')), statusMax: Number(status.replace('xx', '99')) };
}

function toEvent({ tenantId: _, actor, detail, ...event }: ListedAuditEvent): z.input<typeof eventAnswer> {
  return { ...event, actor: { ...actor }, ...(detail === undefined ? {} : { detail: { ...detail } }) };
}

function toAnswer({ policies, actors, ...record }: AccessRecord): z.input<typeof recordAnswer> {
  return { ...record, policies: [...policies], ...(actors === undefined ? {} : { actors: [...actors] }) };
}

/** Drops what was not asked for: a filter that is undefined is no filter, and the rooms take only those that are there. */
function given<Query extends object>(query: Query): { [Name in keyof Query]: Exclude<Query[Name], undefined> } {
  const members = Object.entries(query).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members) as { [Name in keyof Query]: Exclude<Query[Name], undefined> };
}

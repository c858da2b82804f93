/** What a framework knows of a route is still known behind our guards. Half of these tests are done by the compiler. */
import { createServer } from 'node:http';
import express from 'express';
import Fastify, { type FastifyTypeProvider } from 'fastify';
import { Hono } from 'hono';
import { hc } from 'hono/client';
import { beforeAll, expect, test } from 'vitest';
import * as onExpress from '../express/express.ts';
import * as onFastify from '../fastify/fastify.ts';
import * as onHono from '../hono/hono.ts';
import { type FakeIssuer, startIssuer } from '../verify/issuer.fixture.ts';
import { listening } from './frameworks.fixture.ts';

const LINE = '/orders/:order/lines/:line';
const ASKED = { type: 'Line', id: '{order}/{line}' };

let issuer: FakeIssuer;
let options: FakeIssuer['options'] & { decisionKey: string };
let headers: { authorization: string };
/** What the decision point was asked about. */
let asked: string[];
beforeAll(async () => {
  issuer = await startIssuer();
  asked = [];
  issuer.answer = (url, init) => {
    if (!url.endsWith('/access/v1/evaluation')) return undefined;
    asked.push(JSON.parse(String(init?.body)).resource.id);
    return issuer.json({ decision: true });
  };
  options = { ...issuer.options, decisionKey: 'k' };
  headers = { authorization: `Bearer ${await issuer.sign({ acr: 'aal2' })}` };
});

test('Express: parameters, query and body keep their types behind every guard', async () => {
  const { authOf, requireAuth, requireDecision, requireRole, requireScope, requireStepUp } = onExpress;
  const app = express();
  app.get(
    LINE,
    requireAuth(options),
    requireScope('orders:read'),
    requireRole('clerk'),
    requireStepUp('aal2'),
    requireDecision('read', ASKED),
    (request, response) => {
      const { order, line }: { order: string; line: string } = request.params;
      // @ts-expect-error: the route has no such parameter.
      const none: unknown = request.params.customer;
      response.json({ order, line, none, subject: authOf(request).subject });
    },
  );
  // Where a function says what it is about, it says too what it reads of the request.
  const byFunction = requireDecision('read', ({ params }: express.Request<{ order: string; line: string }>) => ({
    type: 'Line',
    id: `${params.line} of ${params.order}`,
  }));
  app.put<{ order: string; line: string }, { amount: number }, { amount: number }, { dry: string }>(
    LINE,
    requireAuth(options),
    byFunction,
    ({ query, body }, response) => {
      const dry: string = query.dry;
      response.json({ amount: dry === 'no' ? body?.amount : 7 });
    },
  );
  const { url, close } = await listening(createServer(app));
  const at = `${url}/orders/o1/lines/l2`;
  expect(await (await fetch(at, { headers })).json()).toEqual({ order: 'o1', line: 'l2', subject: 'usr_1' });
  expect(await (await fetch(at, { method: 'PUT', headers })).json()).toEqual({ amount: 7 });
  expect(asked.splice(0)).toEqual(['o1/l2', 'l2 of o1']);
  await close();
});

interface ByName extends FastifyTypeProvider {
  validator: this['schema'] extends { as: infer Type } ? Type : unknown;
}

test('Fastify: so do those of a route, of a type provider, and of HTTP/2', async () => {
  const { authOf, requireAuth, requireDecision, requireScope } = onFastify;
  const guards = {
    onRequest: requireAuth(options),
    preHandler: [requireScope('orders:read'), requireDecision('read', ASKED)],
  };
  const app = Fastify();
  app.get<{ Params: { order: string; line: string } }>(LINE, guards, async (request) => {
    const { order, line }: { order: string; line: string } = request.params;
    // @ts-expect-error: the route has no such parameter.
    const none: unknown = request.params.customer;
    return { order, line, none, subject: authOf(request).subject };
  });
  const params: { as: { order: string; line: string } } = { as: { order: '', line: '' } };
  app.setValidatorCompiler(() => () => true);
  app.withTypeProvider<ByName>().put(LINE, { ...guards, schema: { params } }, async (request) => {
    const { line }: { line: string } = request.params;
    return { line, subject: authOf(request).subject };
  });
  const url = '/orders/o1/lines/l2';
  expect((await app.inject({ url, headers })).json()).toEqual({ order: 'o1', line: 'l2', subject: 'usr_1' });
  expect((await app.inject({ method: 'PUT', url, headers })).json()).toEqual({ line: 'l2', subject: 'usr_1' });
  expect(asked.splice(0)).toEqual(['o1/l2']);

  const second = Fastify({ http2: true });
  second.addHook('onRequest', requireAuth(options));
  second.get<{ Params: { line: string } }>('/:line', { preHandler: requireScope('orders:read') }, async (request) => {
    const { line }: { line: string } = request.params;
    return { line, subject: authOf(request).subject };
  });
  expect((await second.inject({ url: '/l2', headers })).json()).toEqual({ line: 'l2', subject: 'usr_1' });
  expect((await second.inject({ url: '/l2' })).statusCode).toBe(401);
  await Promise.all([app.close(), second.close()]);
});

test('Hono: so do parameters, bindings, variables, and what its client knows of answers', async () => {
  const { requireAuth, requireDecision, requireScope } = onHono;
  const app = new Hono<{ Bindings: { REGION: string }; Variables: { started: number } }>();
  const routes = app.get(
    LINE,
    requireAuth(options),
    requireScope('orders:read'),
    requireDecision('read', ASKED),
    (c) => {
      const { order, line }: { order: string; line: string } = c.req.param();
      const region: string | undefined = c.env?.REGION;
      const started: number | undefined = c.get('started');
      return c.json({ order, line, region: region ?? 'none', started: started ?? 0, subject: c.get('auth').subject });
    },
  );
  const client = hc<typeof routes>('http://orders.example.com', {
    headers,
    fetch: (input: string | URL | Request, init?: RequestInit) => app.request(String(input), init),
  });
  const answer = await client.orders[':order'].lines[':line'].$get({ param: { order: 'o1', line: 'l2' } });
  const told: { order: string; line: string; region: string; started: number; subject: string } = await answer.json();
  expect(told).toEqual({ order: 'o1', line: 'l2', region: 'none', started: 0, subject: 'usr_1' });
  expect(asked.splice(0)).toEqual(['o1/l2']);
});

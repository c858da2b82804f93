/** The same small API in each framework, on a real port. */
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { getRequestListener, serve } from '@hono/node-server';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import * as onExpress from '../express/express.ts';
import * as onFastify from '../fastify/fastify.ts';
import * as onFetch from '../fetch/fetch.ts';
import * as onHono from '../hono/hono.ts';
import { GatehouseStrategy } from '../passport/passport.ts';
import type { GuardOptions } from './guard.ts';

/** Passport brings no types of its own. */
const passport: {
  use(strategy: object): void;
  authenticate(name: string, options: { session: boolean }): express.RequestHandler;
} = createRequire(import.meta.url)('passport');

export interface Running {
  url: string;
  close(): Promise<unknown>;
}

const ORDER = { type: 'Order', id: '{id}' };
const STEP_UP = { acr: 'aal2', maxAgeSeconds: 300 };

export const FRAMEWORKS: readonly [name: string, start: (options: GuardOptions) => Promise<Running>][] = [
  ['Express', startExpress],
  ['Fastify', startFastify],
  ['Hono', startHono],
  ['fetch', startFetch],
];

async function startExpress(options: GuardOptions): Promise<Running> {
  const { requireAuth, requireDecision, requireRole, requireScope, requireStepUp } = onExpress;
  const app = express();
  app.get('/forgotten', requireScope('orders:read'), (_request, response) => response.json({}));
  app.use(requireAuth(options));
  const answer: express.RequestHandler = (request, response) => response.json({ subject: request.auth?.subject });
  app.get('/me', answer);
  app.get('/orders', requireScope('orders:read', 'orders:list'), answer);
  app.get('/admin', requireRole('admin', 'support'), answer);
  app.post('/payouts', requireStepUp(STEP_UP), answer);
  app.get('/orders/:id', requireDecision('orders:read', ORDER), answer);
  // Four parameters make it an error handler: without one, Express prints the stack.
  app.use(((_error, _request, response, _next) => response.status(500).end()) satisfies express.ErrorRequestHandler);
  return listening(createServer(app));
}

async function startFastify(options: GuardOptions): Promise<Running> {
  const { authOf, requireAuth, requireDecision, requireRole, requireScope, requireStepUp } = onFastify;
  const app = Fastify();
  app.get('/forgotten', { preHandler: requireScope('orders:read') }, async () => ({}));
  await app.register(async (scope) => {
    scope.addHook('onRequest', requireAuth(options));
    const answer = async (request: Parameters<typeof authOf>[0]) => ({ subject: authOf(request).subject });
    scope.get('/me', answer);
    scope.get('/orders', { preHandler: requireScope('orders:read', 'orders:list') }, answer);
    scope.get('/admin', { preHandler: requireRole('admin', 'support') }, answer);
    scope.post('/payouts', { preHandler: requireStepUp(STEP_UP) }, answer);
    scope.get('/orders/:id', { preHandler: requireDecision('orders:read', ORDER) }, answer);
  });
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
}

async function startHono(options: GuardOptions): Promise<Running> {
  const { requireAuth, requireDecision, requireRole, requireScope, requireStepUp } = onHono;
  const app = new Hono();
  app.onError((_error, c) => c.body(null, 500));
  app.get('/forgotten', requireScope('orders:read'), (c) => c.json({}));
  app.use(requireAuth(options));
  app.get('/me', (c) => c.json({ subject: c.get('auth').subject }));
  app.get('/orders', requireScope('orders:read', 'orders:list'), (c) => c.json({ subject: c.get('auth').subject }));
  app.get('/admin', requireRole('admin', 'support'), (c) => c.json({ subject: c.get('auth').subject }));
  app.post('/payouts', requireStepUp(STEP_UP), (c) => c.json({ subject: c.get('auth').subject }));
  app.get('/orders/:id', requireDecision('orders:read', ORDER), (c) => c.json({ subject: c.get('auth').subject }));
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve({ url: `http://127.0.0.1:${port}`, close: async () => server.close() }),
    );
  });
}

async function startFetch(options: GuardOptions): Promise<Running> {
  const { requireAuth, requireDecision, requireRole, requireScope, requireStepUp } = onFetch;
  const secure = requireAuth(options);
  const answer = async (_request: Request, auth: onFetch.Auth) => Response.json({ subject: auth.subject });
  const routes = new Map<string, (request: Request) => Promise<Response>>([
    ['/me', secure(answer)],
    ['/orders', secure(answer, requireScope('orders:read', 'orders:list'))],
    ['/admin', secure(answer, requireRole('admin', 'support'))],
    ['/payouts', secure(answer, requireStepUp(STEP_UP))],
  ]);
  const readOrder = secure(
    (request, auth, _context: { params: Promise<{ id: string }> }) => answer(request, auth),
    requireDecision('orders:read', ORDER),
  );
  const handle = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const id = /^\/orders\/(.+)$/.exec(pathname)?.[1];
    if (id !== undefined) return readOrder(request, { params: Promise.resolve({ id }) });
    return routes.get(pathname)?.(request) ?? new Response(null, { status: 500 });
  };
  return listening(createServer(getRequestListener(handle)));
}

/** Passport has no guards of its own: one route. */
export async function startPassport(options: GuardOptions): Promise<Running> {
  const app = express();
  const strategy = new GatehouseStrategy(options, ({ subject }) => (subject === 'usr_9' ? undefined : { id: subject }));
  passport.use(strategy);
  app.get('/me', passport.authenticate('gatehouse', { session: false }), (request, response) => {
    response.json({ subject: 'user' in request ? Object(request.user).id : undefined });
  });
  return listening(createServer(app));
}

export async function listening(server: Server): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

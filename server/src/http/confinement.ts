import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance } from 'fastify';
import type { Principal } from '#base';
import type { Scope, Store } from '#store';
import { httpErrors } from './errors.ts';

type Place = Pick<Principal, 'tenantId' | 'organizationId'>;

/** Keeps whoever calls from inside an organization inside it, whatever a route asks of the database. */
export interface Confinement {
  /** Work that belongs to a caller. */
  run<T>(place: Place, work: () => T): T;
  /** The same store, which opens no transaction beyond the place of the caller at work. */
  store<S extends Pick<Store, 'transaction'>>(store: S): S;
}

/**
 * The one place where a caller's organization becomes the scope of the database's row-level security. Routes and the rooms
 * behind them open transactions for a tenant; while a caller from inside an organization is at work, each of them is
 * narrowed to that organization. A new route can't forget it, since it is not asked.
 */
export function createConfinement(): Confinement {
  const current = new AsyncLocalStorage<Place>();
  return {
    run: (place, work) => current.run(place, work),
    store: (store) => {
      const transaction: Store['transaction'] = (scope, work, options) =>
        store.transaction(narrowed(scope, current.getStore()), work, options);
      return Object.assign(Object.create(store), { transaction });
    },
  };
}

function narrowed(scope: Scope, place: Place | undefined): Scope {
  if (place?.organizationId === undefined) return scope;
  const { tenantId, organizationId } = place;
  if ('system' in scope || scope.tenantId !== tenantId) throw httpErrors.outside_organization();
  if (scope.organizationId !== undefined && scope.organizationId !== organizationId)
    throw httpErrors.outside_organization();
  return { tenantId, organizationId };
}

/**
 * Every handler runs in the place of its caller. A hook just before the handler, since reading a body loses what was set
 * before it; with a callback, since what an async hook enters ends with it.
 */
export function confineCallers(server: FastifyInstance, { confinement }: { confinement: Confinement }): void {
  server.addHook('preHandler', (request, _reply, done) => {
    if (request.caller === null) return done();
    confinement.run(request.caller.principal, done);
  });
}

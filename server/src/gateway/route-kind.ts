import { defineKind } from '#resources';
import { checkRoute, findAmbiguousRoutes } from './check-route.ts';
import { routeSchema } from './route-spec.ts';

export const routeKind = defineKind({
  kind: 'route',
  plural: 'routes',
  idKind: 'route',
  description: 'Which requests go to which upstream, who may send them, and how many.',
  schema: routeSchema,
  references: ({ api, session, upstream, openapi, authorize: { engine } }) => [
    ...(api === undefined ? [] : [{ kind: 'api', name: api, path: 'api' }]),
    ...(session === undefined ? [] : [{ kind: 'browser_session', name: session, path: 'session' }]),
    ...(engine === undefined ? [] : [{ kind: 'external_engine', name: engine, path: 'authorize.engine' }]),
    ...(openapi === undefined ? [] : [{ kind: 'api_document', name: openapi.document, path: 'openapi.document' }]),
    ...(upstream.name === undefined ? [] : [{ kind: 'upstream', name: upstream.name, path: 'upstream.name' }]),
    ...(upstream.test?.name === undefined
      ? []
      : [{ kind: 'upstream', name: upstream.test.name, path: 'upstream.test.name' }]),
    ...(upstream.accessToken?.api === undefined
      ? []
      : [{ kind: 'api', name: upstream.accessToken.api, path: 'upstream.accessToken.api' }]),
  ],
  check: checkRoute,
  conflicts: findAmbiguousRoutes,
});

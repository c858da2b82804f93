import { type Conflict, defineKind } from '#resources';
import { type BrowserSessionSpec, browserSessionSchema, checkBrowserSession } from './session-spec.ts';

export const browserSessionKind = defineKind({
  kind: 'browser_session',
  plural: 'browser_sessions',
  idKind: 'browserSession',
  description: 'Sessions of people in browsers, kept by the gateway: who signs in where, and for how long.',
  schema: browserSessionSchema,
  references: ({ client, provider, api }) => [
    ...(client === undefined ? [] : [{ kind: 'client', name: client, path: 'client' }]),
    ...(provider === undefined ? [] : [{ kind: 'upstream', name: provider.secret.upstream, path: 'provider.secret' }]),
    { kind: 'api', name: api, path: 'api' },
  ],
  check: checkBrowserSession,
  // The gateway gets tokens in the client's name, and nobody asks it for a secret.
  grants: () => ['clients:write'],
  conflicts: sharedPaths,
});

/** Of two at one place, which one answers would be chance. */
function sharedPaths(declared: readonly { name: string; spec: BrowserSessionSpec }[]): Conflict[] {
  const found: Conflict[] = [];
  for (const [index, { name, spec }] of declared.entries()) {
    const other = declared.slice(0, index).find(({ spec: { origin, path } }) => {
      const sameHost = URL.parse(origin)?.hostname === URL.parse(spec.origin)?.hostname;
      return sameHost && (`${path}/`.startsWith(`${spec.path}/`) || `${spec.path}/`.startsWith(`${path}/`));
    });
    if (other === undefined) continue;
    found.push({ first: other.name, second: name, path: 'path', message: `is within the path of "${other.name}"` });
  }
  return found;
}

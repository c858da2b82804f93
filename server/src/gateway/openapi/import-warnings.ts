import type { RouteSpec } from '../route-spec.ts';
import type { ImportedDocument } from './import-document.ts';

export const IMPORT_WARNINGS = ['open', 'policy_needed', 'left_over'] as const;

/** Nothing that stops an import, and something that whoever imports should have seen. */
export interface ImportWarning {
  /** `open`: everybody may call it. `policy_needed`: nobody may, until a policy permits it. `left_over`: its operation is gone. */
  code: (typeof IMPORT_WARNINGS)[number];
  routes: string[];
}

type Imported = Pick<RouteSpec, 'authenticate'> & { authorize?: { policies?: string } };

/** `standing`: the routes there are. A route that was made from this document, and is no operation of it any more, still answers. */
export function importWarnings(
  { resources }: Pick<ImportedDocument, 'resources'>,
  api: string,
  standing: readonly { name: string; spec: Pick<RouteSpec, 'openapi'> }[],
): ImportWarning[] {
  const routes = resources
    .filter(({ kind }) => kind === 'route')
    .map(({ name, spec }) => ({ name, spec: spec as Imported }));
  const named = new Set(routes.map(({ name }) => name));
  const found: Record<ImportWarning['code'], { name: string }[]> = {
    open: routes.filter(({ spec }) => spec.authenticate?.includes('anonymous') === true),
    policy_needed: routes.filter(({ spec }) => spec.authorize?.policies === 'required'),
    left_over: standing.filter(({ name, spec }) => spec.openapi?.document === api && !named.has(name)),
  };
  return IMPORT_WARNINGS.map((code) => ({ code, routes: found[code].map(({ name }) => name) })).filter(
    (warning) => warning.routes.length > 0,
  );
}

import type { Authorize, Kind } from './kind.ts';

/** The kind, judged by what another room knows. For whoever puts rooms together: kinds don't know each other. */
export function authorizedBy<Spec>(kind: Kind<Spec>, authorize: Authorize<Spec>): Kind<Spec> {
  return Object.freeze({ ...kind, authorize });
}

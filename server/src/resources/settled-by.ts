import type { Kind, Settle } from './kind.ts';

/** The kind, with what has to be so of it and others together. For whoever puts rooms together: kinds don't know each other. */
export function settledBy<Spec>(kind: Kind<Spec>, settle: Settle): Kind<Spec> {
  return Object.freeze({ ...kind, settle });
}

import { type Expected, resourcesErrors } from '#resources';

/**
 * Whoever changes a state says which one he has seen, as with resources (docs/adr/0013): two people who read the same can't
 * both replace it. Called once it is clear that something would change.
 * @throws `resource_precondition_missing`, `resource_changed`, `resource_exists`
 */
export function demandCurrent(before: { tag: string; version: number }, expected: Expected | undefined): void {
  if (expected === undefined) throw resourcesErrors.resource_precondition_missing();
  if (expected === 'absent') throw resourcesErrors.resource_exists();
  if (expected === 'present' || expected.includes(before.tag)) return;
  throw resourcesErrors.resource_changed({ details: { version: before.version } });
}

/** For what may be ended without having been read. @throws `resource_changed`, `resource_exists` */
export function demandCurrentIfAsked(before: { tag: string; version: number }, expected: Expected | undefined): void {
  if (expected !== undefined) demandCurrent(before, expected);
}

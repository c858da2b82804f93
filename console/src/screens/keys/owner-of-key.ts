import type { Me } from '../../api/whoami.ts';

/** For whom a key is to act. */
export interface Owner {
  type: 'user' | 'service_account';
  id: string;
  label: string;
  /** Of an account that belongs to one: its keys are confined to it. */
  organization?: string;
}

/** To act for somebody else takes everything, as the server decides it (server/src/directory/authorize-grant.ts). */
export const mayIssueForOthers = ({ may }: Pick<Me, 'may'>): boolean => may('*');

/** Whoever holds an id need not be found by name. */
export function idTyped(typed: string): Owner[] {
  const id = typed.trim();
  const [, prefix] = /^(usr|svc)_[0-9a-z]{26}$/.exec(id) ?? [];
  if (prefix === undefined) return [];
  return [{ type: prefix === 'usr' ? 'user' : 'service_account', id, label: id }];
}

/** Whoever is offered before, oneself among them, is not offered again: a typed id is often that of somebody found. */
export function withoutRepeats<G extends { found: readonly Owner[] }>(
  own: readonly Owner[],
  groups: readonly G[],
): G[] {
  const seen = new Set(own.map(({ id }) => id));
  return groups.map((group) => {
    const found = group.found.filter(({ id }) => !seen.has(id));
    for (const { id } of found) seen.add(id);
    return { ...group, found };
  });
}

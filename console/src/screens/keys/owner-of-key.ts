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

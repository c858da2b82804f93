import { createContext } from 'react';

/** Names of other resources that can be chosen in a field, by its path. A field that is not here is written in. */
export type OfferedNames = Readonly<Record<string, readonly string[]>>;

export const OfferedNamesContext = createContext<OfferedNames>({});

/** What stands there can be kept, whoever may have put it there. */
export function withCurrent(offered: readonly string[], current: string): string[] {
  return current === '' || offered.includes(current) ? [...offered] : [...offered, current];
}

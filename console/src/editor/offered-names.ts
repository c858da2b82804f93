import { createContext } from 'react';

/** Names of other resources that are offered in a field, by its path. */
export type OfferedNames = Readonly<Record<string, readonly string[]>>;

export const OfferedNamesContext = createContext<OfferedNames>({});

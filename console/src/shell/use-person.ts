import { useSyncExternalStore } from 'react';
import { auth } from '../session/session.ts';

/** Who is signed in, as the issuer tells the console. */
export function usePerson(): { name: string | undefined; email: string | undefined } {
  const state = useSyncExternalStore(auth.subscribe, () => auth.state);
  const user = state.status === 'signed_in' ? state.user : undefined;
  return { name: user?.name, email: user?.email };
}

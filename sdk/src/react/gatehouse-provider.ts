import { createContext, createElement, type ReactNode, useContext, useEffect, useSyncExternalStore } from 'react';
import type { AuthState, BrowserClient, SignInOptions, User } from '../browser/browser.ts';

const ClientContext = createContext<BrowserClient | undefined>(undefined);

export interface GatehouseProviderProps {
  /** Made once, outside of components. */
  client: BrowserClient;
  children?: ReactNode;
}

/** Makes one client known to everything below, and starts it. */
export function GatehouseProvider({ client, children }: GatehouseProviderProps): ReactNode {
  useEffect(() => {
    // What goes wrong stands in the state.
    void client.start();
  }, [client]);
  return createElement(ClientContext.Provider, { value: client }, children);
}

export interface Auth {
  status: AuthState['status'];
  /** Of whoever is signed in, when the scope `openid` was asked for. */
  user: User | undefined;
  /** Why the last sign-in came to nothing. */
  error: Error | undefined;
  signIn(options?: SignInOptions): Promise<never>;
  signOut(): Promise<void>;
  /** With the access token, to addresses of this origin and of the client's `apis`. */
  fetch: typeof fetch;
}

/**
 * @example
 * ```tsx
 * const { status, user, signIn, signOut } = useAuth();
 * return status === 'signed_in' ? <button onClick={signOut}>Sign {user?.name} out</button> : <button onClick={() => signIn()}>Sign in</button>;
 * ```
 */
export function useAuth(): Auth {
  const client = useClient();
  const state = useSyncExternalStore(client.subscribe, () => client.state);
  return {
    status: state.status,
    user: state.status === 'signed_in' ? state.user : undefined,
    error: state.status === 'signed_out' ? state.error : undefined,
    signIn: client.signIn,
    signOut: client.signOut,
    fetch: client.fetch,
  };
}

/** The way to a token that is good right now. A function, since a token that was rendered is one that grows old. */
export function useAccessToken(): BrowserClient['getAccessToken'] {
  return useClient().getAccessToken;
}

export interface RequireAuthProps {
  children?: ReactNode;
  /** While it is being found out who is signed in, and on the way to the issuer. */
  fallback?: ReactNode;
  /** What the sign-in must be like. */
  signIn?: SignInOptions;
  /** A sign-in that failed is not begun again by itself: shown instead. */
  failed?: (error: Error) => ReactNode;
}

/** Shows its children to people who are signed in, and leads others to the issuer. */
export function RequireAuth({ children, fallback, signIn, failed }: RequireAuthProps): ReactNode {
  const client = useClient();
  const state = useSyncExternalStore(client.subscribe, () => client.state);
  const { status } = state;
  const error = state.status === 'signed_out' ? state.error : undefined;
  const elsewhere = state.status === 'signed_out' && state.elsewhere === true;
  useEffect(() => {
    if (status !== 'signed_out' || error !== undefined) return;
    const lead = () => {
      if (document.visibilityState === 'visible') void client.signIn(signIn).catch(() => undefined);
    };
    // Tabs wait until somebody looks at them: signing out in one must not begin sign-ins in all.
    if (!elsewhere) lead();
    addEventListener('focus', lead);
    document.addEventListener('visibilitychange', lead);
    return () => {
      removeEventListener('focus', lead);
      document.removeEventListener('visibilitychange', lead);
    };
  }, [client, status, error, elsewhere, signIn]);
  if (status === 'signed_in') return children;
  return error === undefined || failed === undefined ? fallback : failed(error);
}

function useClient(): BrowserClient {
  const client = useContext(ClientContext);
  if (client === undefined) throw new TypeError('This component is not inside of a <GatehouseProvider>.');
  return client;
}

import { createContext, createElement, type ReactNode, useContext, useEffect, useSyncExternalStore } from 'react';
import type { AuthState, BrowserClient, SignInOptions, User } from '../browser/browser.ts';

const ClientContext = createContext<BrowserClient | undefined>(undefined);

export interface GatehouseProviderProps {
  /** Made once, outside of components. */
  client: BrowserClient;
  children?: ReactNode;
}

/**
 * Makes one client known to everything below, and starts it.
 *
 * @example
 * ```tsx
 * import { createBrowserClient } from '@gatehouse/sdk/browser';
 * import { GatehouseProvider, RequireAuth } from '@gatehouse/sdk/react';
 * import type { ReactNode } from 'react';
 *
 * const auth = createBrowserClient({
 *   issuer: 'https://id.example.com',
 *   clientId: 'board',
 *   redirectUri: `${location.origin}/callback`,
 * });
 *
 * export const App = ({ board }: { board: ReactNode }) => (
 *   <GatehouseProvider client={auth}>
 *     <RequireAuth fallback={<p>One moment …</p>}>{board}</RequireAuth>
 *   </GatehouseProvider>
 * );
 * ```
 */
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
 * Who is signed in, and how to change it.
 *
 * @example
 * ```tsx
 * import { useAuth } from '@gatehouse/sdk/react';
 *
 * export function Account() {
 *   const { status, user, signIn, signOut } = useAuth();
 *   if (status === 'loading') return null;
 *   if (status === 'signed_out') return <button onClick={() => void signIn()}>Sign in</button>;
 *   return <button onClick={() => void signOut()}>Sign {user?.name} out</button>;
 * }
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

/**
 * The way to a token that is good right now. A function, since a token that was rendered is one that grows old.
 *
 * @example
 * ```tsx
 * import { useAccessToken } from '@gatehouse/sdk/react';
 *
 * export function useSocket(): () => Promise<WebSocket> {
 *   const getAccessToken = useAccessToken();
 *   return async () => new WebSocket('wss://api.example.com/events', ['bearer', await getAccessToken()]);
 * }
 * ```
 */
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

/**
 * Shows its children to people who are signed in, and leads others to the issuer.
 *
 * @example
 * ```tsx
 * import { RequireAuth } from '@gatehouse/sdk/react';
 *
 * export const Payments = () => (
 *   <RequireAuth signIn={{ acrValues: 'aal2' }} failed={(error) => <p role="alert">{error.message}</p>}>
 *     <h1>Payments</h1>
 *   </RequireAuth>
 * );
 * ```
 */
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

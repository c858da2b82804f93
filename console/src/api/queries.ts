import { QueryClient } from '@tanstack/react-query';
import { AdminError } from './admin.ts';

const RETRIES_MAX = 2;

/** What was read of the Admin API, for as long as the page stands. */
export const queries = new QueryClient({
  defaultOptions: {
    // What can't be sent is told at once: it does not wait unseen until there is a network again, to happen then.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      refetchOnReconnect: true,
      staleTime: 10_000,
      // What was refused stays refused; what did not arrive may the next time.
      retry: (count, error) => count < RETRIES_MAX && (!(error instanceof AdminError) || error.status >= 500),
    },
  },
});

/**
 * Envoy resets the stream of whose caller goes away while it asks. Whoever does that often enough must not end the session,
 * and with it the questions of others.
 */
export const RESETS_OF_PROXIES = 1_000_000;

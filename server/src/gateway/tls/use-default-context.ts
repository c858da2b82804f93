import { createSecureContext, type SecureContext, type SecureContextOptions, type Server } from 'node:tls';

/**
 * What callers get who name no server. Node builds that context itself, and leaves out `allowPartialTrustChain` (26.9,
 * `Server.prototype.setSecureContext`), at the start as well: an authority between would vouch for those who name a server,
 * and not for the others. There is no public way to hand it a finished context, so it is put where Node looks for it. Should
 * that place move, such callers are trusted less, and never more.
 */
export function useDefaultContext(server: Server, options: SecureContextOptions): void {
  server.setSecureContext(options);
  if (options.allowPartialTrustChain !== true) return;
  const known = server as Server & { _sharedCreds: SecureContext; sessionIdContext: string };
  // Without the same name for its sessions, OpenSSL ends each handshake that resumes one.
  known._sharedCreds = createSecureContext({ ...options, sessionIdContext: known.sessionIdContext });
}

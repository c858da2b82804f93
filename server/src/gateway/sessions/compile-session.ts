import type { Named } from '../ports.ts';
import type { BrowserSessionSpec } from './session-spec.ts';

/** A browser_session with everything worked out that does not depend on the request. */
export interface CompiledSession {
  readonly tenantId: string;
  readonly name: string;
  readonly spec: BrowserSessionSpec;
  readonly hostname: string;
  readonly redirectUri: string;
  /** With `__Host-` the browser refuses what another host, or a page on plain http, would plant (RFC 6265bis §4.1.3.2). */
  readonly cookie: string;
  /** Of a sign-in that is under way. */
  readonly loginCookie: string;
  readonly cookieAttributes: string;
  readonly loginPath: string;
}

export function compileSession(tenantId: string, { name, spec }: Named<BrowserSessionSpec>): CompiledSession {
  const { protocol, hostname } = new URL(spec.origin);
  const secure = protocol === 'https:';
  const prefix = secure ? '__Host-' : '';
  return {
    tenantId,
    name,
    spec,
    hostname,
    redirectUri: `${spec.origin}${spec.path}/callback`,
    cookie: `${prefix}gatehouse_web-${name}`,
    loginCookie: `${prefix}gatehouse_login-${name}`,
    cookieAttributes: `; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`,
    loginPath: `${spec.path}/login`,
  };
}

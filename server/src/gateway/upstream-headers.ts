import type { RawHeaders } from './exchange.ts';
import { holdsOurCookie } from './our-cookies.ts';
import { OVERRIDE_HEADERS } from './override-headers.ts';

/**
 * Which of the caller's headers the upstream may see. What tells the upstream who calls, where from, or through whom,
 * comes from the gateway alone: the caller must not be able to choose what the upstream believes.
 */

/** Names that never pass, in lower case with hyphens. */
const REMOVED = new Set([
  // Hop by hop (RFC 9110 §7.6.1), and framing, which the transport writes anew.
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'content-length',
  'host',
  'expect',
  // The credential: the upstream needs an identity, never what proves it.
  'authorization',
  'x-api-key',
  'dpop',
  // Where the request came from: set afresh below.
  'forwarded',
  'x-forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-originating-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'fastly-client-ip',
  'fly-client-ip',
  'client-ip',
  'forwarded-for',
  // The list that Java services go through, some of it by the names of CGI variables.
  'proxy-client-ip',
  'http-client-ip',
  'http-via',
  // ASP.NET keeps there what it took the forwarded ones for; ingress-nginx what it was told by the proxy before it.
  'x-original-for',
  'x-original-proto',
  'x-original-prefix',
  'x-original-forwarded-for',
  'x-original-remote-addr',
  'x-azure-clientip',
  'x-azure-socketip',
  'x-nf-client-connection-ip',
  'cf-pseudo-ipv4',
  'do-connecting-ip',
  'x-sucuri-clientip',
  'incap-client-ip',
  'ali-cdn-real-ip',
  'cdn-src-ip',
  'x-scheme',
  'x-url-scheme',
  'front-end-https',
  // Ways to make an upstream see another path or method than the one that was authorized.
  ...OVERRIDE_HEADERS.keys(),
  // Identity, as servers and proxies have handed it on through the years.
  'auth-user',
  'http-remote-user',
  'x-proxy-user',
  'x-proxy-remote-user',
  'x-proxy-roles',
  'kubeflow-userid',
  'x-arr-clientcert',
  'x-auth',
  'x-authenticated-user',
  'x-authenticated-userid',
  'x-authenticated-groups',
  'x-authenticated-scope',
  'x-consumer-id',
  'x-consumer-username',
  'x-consumer-custom-id',
  'x-consumer-groups',
  'x-credential-identifier',
  'x-credential-username',
  'x-anonymous-consumer',
  'x-ms-client-principal',
  'x-ms-client-principal-id',
  'x-ms-client-principal-name',
  'x-ms-client-principal-idp',
  'x-client-dn',
  'x-client-verify',
  'x-client-subject',
  'x-ssl-client-cert',
  'x-ssl-cert',
  'ssl-client-cert',
  'client-cert',
  'client-cert-chain',
  'x-endpoint-api-userinfo',
  'x-apigateway-api-userinfo',
  'x-tenant-id',
  'x-organization-id',
  'x-org-id',
  'x-subject',
  'x-role',
  'x-roles',
  'x-scope',
  'x-scopes',
  'x-groups',
  'x-email',
  'x-spiffe-id',
  // As whom to act, for whoever holds the service's own credential, which is the gateway: Elasticsearch, GitLab, Redmine.
  'es-security-runas-user',
  'sudo',
  'x-redmine-switch-user',
  // Becomes HTTP_PROXY in a CGI environment, and many clients then obey it.
  'proxy',
]);

/** Beginnings of names that never pass. */
const REMOVED_PREFIXES = [
  'gatehouse-',
  'x-gatehouse-',
  'x-forwarded-',
  'http-x-forwarded',
  'x-user',
  'x-auth-',
  'x-remote-',
  'remote-',
  'x-principal',
  'x-client-cert',
  'x-tls-client-',
  'x-amzn-mtls-',
  'x-ms-token-',
  'x-impersonate-',
  'x-sso-',
  'x-saml-',
  'x-ldap-',
  // SiteMinder and WebSEAL.
  'sm-user',
  'sm-universalid',
  'sm-authenticated',
  'iv-',
  'x-jwt-',
  'x-authentik-',
  'x-vouch-',
  'x-pomerium-',
  'x-goog-authenticated-',
  'x-goog-iap-',
  'x-appengine-',
  'cf-access-',
  'tailscale-',
  'teleport-',
  // Impersonation at the Kubernetes API, and the variables of Apache's modules for OpenID Connect and SAML.
  'impersonate-',
  'oidc-claim-',
  'oidc-access-token',
  'oidc-id-token',
  'mellon-',
  'shib-',
  'x-amzn-oidc-',
  'x-ssl-client-',
  'ssl-client-',
  'x-envoy-',
  'x-webauth-',
  'x-token-',
  // WebLogic's plug-in: the caller's address, his certificate, and whether it was TLS.
  'wl-proxy-',
];

/**
 * A name (lower case) as services may read it: CGI and WSGI make `x_forwarded_user`, `x-forwarded-user` and
 * `x.forwarded.user` one variable. Who takes one away takes all.
 */
export function plainName(name: string): string {
  return name.replaceAll(/[^a-z0-9]/g, '-');
}

/** Does a header of this name (lower case) never pass? Nor does another that services may read as it. */
export function isRemovedHeader(name: string): boolean {
  const known = DECIDED.get(name);
  if (known !== undefined) return known;
  const plain = plainName(name);
  const removed = REMOVED.has(plain) || REMOVED_PREFIXES.some((prefix) => plain.startsWith(prefix));
  // Callers choose the names, so what is remembered is bounded. Starting over lets the common ones come back.
  if (DECIDED.size >= DECIDED_MAX) DECIDED.clear();
  if (name.length <= 64) DECIDED.set(name, removed);
  return removed;
}

/** A pure function's memory: it can't differ between two gateways in one process. */
const DECIDED = new Map<string, boolean>();
const DECIDED_MAX = 512;

/** The caller's end-to-end headers that the upstream may see, as a list to append to. */
export function passableHeaders(headers: RawHeaders): string[] {
  const passed: string[] = [];
  let named: Set<string> | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    if (name === 'connection') {
      // RFC 9110 §7.6.1: what Connection names ends here too.
      const options = value.toLowerCase();
      if (options !== 'keep-alive' && options !== 'close') {
        named ??= new Set();
        for (const option of options.split(',')) named.add(option.trim());
      }
      continue;
    }
    if (name === 'cookie') {
      const kept = withoutOurCookies(value);
      if (kept !== '') passed.push(name, kept);
    } else if (name === 'traceparent' || name === 'tracestate') {
      // Judged together, by trace-context.ts.
    } else if (!isRemovedHeader(name)) {
      passed.push(name, value);
    }
  }
  return named === undefined ? passed : withoutNamed(passed, named);
}

function withoutNamed(headers: readonly string[], named: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (!named.has(name)) kept.push(name, headers[index + 1] ?? '');
  }
  return kept;
}

function withoutOurCookies(value: string): string {
  if (!holdsOurCookie(value)) return value;
  return value
    .split(';')
    .filter((pair) => !holdsOurCookie(pair))
    .map((pair) => pair.trim())
    .join('; ');
}

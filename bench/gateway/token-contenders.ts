/** Contenders that verify a JWT of an issuer of their own: the same token for all of one algorithm. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SignJWT } from 'jose';
import { type StartedProcess, startProcess } from '../measure/started-process.ts';
import { type Ground, nginxCommand, startHaproxy } from './contenders.ts';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'http://bench.example/weather';

export interface TokenKind {
  algorithm: 'RS256' | 'ES256';
  keyFile: string;
  token: string;
}

/** A fresh key pair, its public half in a file, and a token that it signed. */
export async function makeToken(folder: string, algorithm: TokenKind['algorithm']): Promise<TokenKind> {
  const { publicKey, privateKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const token = await new SignJWT({ scope: 'weather:read' })
    .setProtectedHeader({ alg: algorithm, typ: 'at+jwt' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject('bench')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
  const keyFile = join(folder, `public-${algorithm}.pem`);
  writeFileSync(keyFile, publicKey.export({ type: 'spki', format: 'pem' }));
  return { algorithm, keyFile, token };
}

/**
 * HAProxy as it is documented to verify a bearer JWT, without the scopes that it calls optional: algorithm, issuer, audience,
 * expiry and signature, which is what a resource server must verify (RFC 9068 §4).
 */
export function startHaproxyJwt(
  ground: Ground,
  port: number,
  { algorithm, keyFile }: TokenKind,
): Promise<StartedProcess> {
  const verify = `http-request deny deny_status 401 unless { req.hdr(authorization) -m found }
  http-request set-var(txn.bearer) http_auth_bearer
  http-request set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')
  http-request set-var(txn.iss) var(txn.bearer),jwt_payload_query('$.iss')
  http-request set-var(txn.aud) var(txn.bearer),jwt_payload_query('$.aud')
  http-request set-var(txn.exp) var(txn.bearer),jwt_payload_query('$.exp','int')
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 unless { var(txn.alg) -m str ${algorithm} }
  http-request deny deny_status 401 unless { var(txn.iss) -m str ${ISSUER} }
  http-request deny deny_status 401 unless { var(txn.aud) -m str ${AUDIENCE} }
  http-request deny deny_status 401 if { var(txn.exp),sub(txn.now) -m int lt 0 }
  http-request deny deny_status 401 unless { var(txn.bearer),jwt_verify(txn.alg,"${keyFile}") -m int 1 }`;
  return startHaproxy(ground, port, algorithm, verify);
}

const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** nginx asks a small Node service for each request. */
export function startNginxAuthRequest(
  ground: Ground,
  ports: { proxy: number; service: number },
  kind: TokenKind,
): Promise<StartedProcess> {
  const server = `upstream weather { server 127.0.0.1:${ground.upstreamPort}; keepalive 64; }
  upstream auth { server 127.0.0.1:${ports.service}; keepalive 64; }
  server { listen 127.0.0.1:${ports.proxy};
    location /weather/ { auth_request /auth; proxy_pass http://weather/; proxy_http_version 1.1; proxy_set_header Connection ""; }
    location = /auth { internal; proxy_pass http://auth/; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass_request_body off; proxy_set_header Content-Length ""; } }`;
  return startAsked(ground, ports, kind, nginxCommand(ground.folder, 'auth', server));
}

/** So does Caddy. */
export function startCaddyForwardAuth(
  ground: Ground,
  ports: { proxy: number; service: number },
  kind: TokenKind,
): Promise<StartedProcess> {
  const file = join(ground.folder, 'Caddyfile');
  writeFileSync(
    file,
    `{
  admin off
  auto_https off
}
http://127.0.0.1:${ports.proxy} {
  forward_auth 127.0.0.1:${ports.service} {
    uri /auth
  }
  uri strip_prefix /weather
  reverse_proxy 127.0.0.1:${ground.upstreamPort}
}
`,
  );
  return startAsked(ground, ports, kind, ['caddy', 'run', '--config', file, '--adapter', 'caddyfile']);
}

function startAsked(
  { core }: Ground,
  { proxy, service }: { proxy: number; service: number },
  { keyFile }: TokenKind,
  command: readonly string[],
): Promise<StartedProcess> {
  const node = [process.execPath, program('auth-service.ts'), String(service), keyFile, ISSUER, AUDIENCE];
  return startProcess([...node, ...command], { core, port: proxy, env: { GOMAXPROCS: '1' } });
}

/** express, http-proxy-middleware and jsonwebtoken: what most teams write. */
export function startExpressProxy(
  { upstreamPort, core }: Ground,
  port: number,
  { keyFile }: TokenKind,
): Promise<StartedProcess> {
  const args = [program('express-proxy.ts'), String(port), String(upstreamPort), keyFile, ISSUER, AUDIENCE];
  return startProcess([process.execPath, ...args], { core, port, env: { NODE_ENV: 'production' } });
}

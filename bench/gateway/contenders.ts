import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type StartedProcess, startProcess } from '../measure/started-process.ts';

/** Everything a contender needs to know of the run. */
export interface Ground {
  folder: string;
  upstreamPort: number;
  /** Processor of the proxies; load and upstream have the other one. */
  core: number;
}

/** nginx as the upstream of everybody: the cheapest answer there is. */
export function startUpstream(folder: string, port: number, core: number): Promise<StartedProcess> {
  const body = '{"city":"Tokyo","country":"JP","januaryMeanCelsius":5,"julyMeanCelsius":26}';
  const server = `server { listen 127.0.0.1:${port}; default_type application/json; location / { return 200 '${body}'; } }`;
  return startNginx(folder, 'upstream', port, core, server);
}

/** @param protocol `http2`: that alone, without TLS. */
export function startNginxProxy(
  { folder, upstreamPort, core }: Ground,
  port: number,
  protocol: '' | 'http2' = '',
): Promise<StartedProcess> {
  const server = `upstream weather { server 127.0.0.1:${upstreamPort}; keepalive 64; }
  server { listen 127.0.0.1:${port} ${protocol};
    location /weather/ { proxy_pass http://weather/; proxy_http_version 1.1; proxy_set_header Connection ""; } }`;
  return startNginx(folder, 'proxy', port, core, server);
}

function startNginx(folder: string, name: string, port: number, core: number, server: string): Promise<StartedProcess> {
  return startProcess(nginxCommand(folder, name, server), { core, port });
}

/** One worker in the foreground, with nothing written for a request. */
export function nginxCommand(folder: string, name: string, server: string): string[] {
  const config = join(folder, `nginx-${name}.conf`);
  writeFileSync(
    config,
    `user root; worker_processes 1; daemon off; pid ${folder}/nginx-${name}.pid; error_log stderr crit;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000000; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  ${server} }
`,
  );
  return ['nginx', '-e', 'stderr', '-c', config];
}

/** One thread. `verify` comes before a request is let through; without it nothing is asked. */
export function startHaproxy(
  { folder, upstreamPort, core }: Ground,
  port: number,
  name = 'plain',
  verify = '',
): Promise<StartedProcess> {
  const config = join(folder, `haproxy-${name}.cfg`);
  writeFileSync(
    config,
    `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  http-reuse always
frontend gate
  bind 127.0.0.1:${port}
  ${verify}
  default_backend weather
backend weather
  http-request replace-path /weather/(.*) /\\1
  server weather 127.0.0.1:${upstreamPort}
`,
  );
  return startProcess(['haproxy', '-db', '-f', config], { core, port });
}

/** What a team writes by hand: Node's http server and undici, no check at all. */
export function startPlainNodeProxy({ upstreamPort, core }: Ground, port: number): Promise<StartedProcess> {
  const program = fileURLToPath(new URL('plain-node-proxy.ts', import.meta.url));
  return startProcess([process.execPath, program, String(port), String(upstreamPort)], { core, port });
}

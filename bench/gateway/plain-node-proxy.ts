/** A plain reverse proxy on Node's http server and undici: `node plain-node-proxy.ts PORT UPSTREAM_PORT`. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { Pool } from 'undici';

const [port, upstreamPort] = process.argv.slice(2).map(Number);
const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: 64, pipelining: 1 });

createServer((request, response) => {
  pool.stream(
    {
      method: request.method ?? 'GET',
      path: (request.url ?? '/').replace('/weather', ''),
      headers: kept(request.headers),
      body: request.method === 'GET' ? null : request,
      opaque: response,
    },
    ({ statusCode, headers }) => {
      const { connection: _connection, 'keep-alive': _keepAlive, 'transfer-encoding': _framing, ...rest } = headers;
      response.writeHead(statusCode, rest);
      return response;
    },
    (error) => {
      if (error !== null && !response.headersSent) response.writeHead(502).end();
    },
  );
}).listen(port, '127.0.0.1');

function kept(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _connection, ...rest } = headers;
  return rest;
}

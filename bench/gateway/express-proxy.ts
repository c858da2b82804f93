/** The usual gateway in express: `node express-proxy.ts PORT UPSTREAM_PORT KEY_FILE ISSUER AUDIENCE`. */
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import jsonwebtoken from 'jsonwebtoken';

const [port, upstreamPort, keyFile = '', issuer = '', audience = ''] = process.argv.slice(2);
const key = readFileSync(keyFile, 'utf8');

const app = express();
app.use((request, response, next) => {
  try {
    jsonwebtoken.verify((request.headers.authorization ?? '').replace(/^Bearer /, ''), key, {
      algorithms: ['RS256'],
      issuer,
      audience,
    });
    next();
  } catch {
    response.sendStatus(401);
  }
});
app.use(
  '/weather',
  createProxyMiddleware({
    target: `http://127.0.0.1:${upstreamPort}`,
    agent: new Agent({ keepAlive: true, maxSockets: 64 }),
  }),
);
app.listen(Number(port), '127.0.0.1');

/**
 * What a team puts behind `auth_request` or `forward_auth`: a small Node service that verifies a bearer JWT (RS256).
 * `node auth-service.ts PORT KEY_FILE ISSUER AUDIENCE PROXY ...`: starts the proxy that asks it as well, so that both are one family.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import jsonwebtoken from 'jsonwebtoken';

const [port, keyFile = '', issuer = '', audience = '', command = '', ...args] = process.argv.slice(2);
const key = readFileSync(keyFile, 'utf8');

createServer((request, response) => {
  try {
    jsonwebtoken.verify((request.headers.authorization ?? '').replace(/^Bearer /, ''), key, {
      algorithms: ['RS256'],
      issuer,
      audience,
    });
    response.writeHead(204).end();
  } catch {
    response.writeHead(401).end();
  }
}).listen(Number(port), '127.0.0.1', () => {
  const proxy = spawn(command, args, { stdio: 'inherit' });
  process.on('SIGTERM', () => proxy.kill());
  proxy.on('exit', (code) => process.exit(code ?? 0));
});

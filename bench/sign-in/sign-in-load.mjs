/**
 * Signs people in, over connections that stay open, with as little of its own as Node allows: what it costs stands in
 * what it prints, and it runs on another processor than the server. Reads what to do from its standard input.
 */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

const { url, connections, seconds, countMax, formCookie, csrfToken, attempts } = JSON.parse(await text(process.stdin));
const { hostname, port, origin } = new URL(url);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

function post({ email, password, address, device }) {
  const body = new URLSearchParams({ csrf_token: csrfToken, email, password }).toString();
  const headers = {
    origin,
    'sec-fetch-site': 'same-origin',
    'user-agent': USER_AGENT,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    'x-forwarded-for': address,
    cookie: device === undefined ? formCookie : `${formCookie}; ${device}`,
  };
  return new Promise((resolve, reject) => {
    const sent = request({ agent, hostname, port, path: '/sign-in', method: 'POST', headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode, cookies: answer.headers['set-cookie'] ?? [] }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const times = [];
const statuses = {};
/** What browsers that were new are called from now on, by address of mail. */
const devices = {};
let next = 0;
const cpuBefore = process.cpuUsage();
const started = performance.now();
await Promise.all(
  Array.from({ length: connections }, async () => {
    while (next < countMax && performance.now() - started < seconds * 1000) {
      const attempt = attempts[next % attempts.length];
      next += 1;
      const at = performance.now();
      const { status, cookies } = await post(attempt);
      times.push(performance.now() - at);
      statuses[status] = (statuses[status] ?? 0) + 1;
      const device = cookies.find((cookie) => /device=./.test(cookie))?.split(';')[0];
      if (device !== undefined) devices[attempt.email] = device;
    }
  }),
);
const elapsed = performance.now() - started;
const { user, system } = process.cpuUsage(cpuBefore);
agent.destroy();
process.stdout.write(
  JSON.stringify({ times, statuses, devices, seconds: elapsed / 1000, cpuSeconds: (user + system) / 1e6 }),
);

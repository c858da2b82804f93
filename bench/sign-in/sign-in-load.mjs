/**
 * Signs people in, over connections that stay open: what a browser sends and nothing less, from sockets and with as little
 * of its own as Node allows (Node's HTTP client took 0.3 ms for each, and handed in what it was answered at once over
 * several milliseconds). What it costs stands in what it prints, and it runs on another processor than the server. Reads
 * what to do from its standard input.
 */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

const { url, connections, seconds, countMax, formCookie, csrfToken, attempts } = JSON.parse(await text(process.stdin));
const { hostname, port, host, origin } = new URL(url);
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const END_OF_HEAD = '\r\n\r\n';

function requestOf({ email, password, address, device }) {
  const body = new URLSearchParams({ csrf_token: csrfToken, email, password }).toString();
  const head = [
    'POST /sign-in HTTP/1.1',
    `host: ${host}`,
    'connection: keep-alive',
    `origin: ${origin}`,
    'sec-fetch-site: same-origin',
    `user-agent: ${USER_AGENT}`,
    'content-type: application/x-www-form-urlencoded',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-forwarded-for: ${address}`,
    `cookie: ${device === undefined ? formCookie : `${formCookie}; ${device}`}`,
  ];
  return head.join('\r\n') + END_OF_HEAD + body;
}

/** One connection: `post` sends a request and resolves with the answer to it, read to its end. */
async function open() {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let received = '';
  let waiting;
  // One byte is one character, as lengths are told in bytes.
  socket.setEncoding('latin1');
  socket.on('data', (piece) => {
    received += piece;
    const headEnd = received.indexOf(END_OF_HEAD);
    if (headEnd < 0) return;
    const head = received.slice(0, headEnd);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) return waiting.reject(new Error(`an answer without its length: ${head}`));
    if (received.length < headEnd + END_OF_HEAD.length + Number(length)) return;
    received = '';
    waiting.resolve({ status: head.slice('HTTP/1.1 '.length, 'HTTP/1.1 303'.length), head });
  });
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('the server closed the connection')));
  return {
    post(attempt) {
      waiting = Promise.withResolvers();
      socket.write(requestOf(attempt));
      return waiting.promise;
    },
    close: () => socket.destroy(),
  };
}

const clients = await Promise.all(Array.from({ length: connections }, open));
const times = [];
const statuses = {};
/** What browsers that were new are called from now on, by address of mail. */
const devices = {};
let next = 0;
const cpuBefore = process.cpuUsage();
const started = performance.now();
await Promise.all(
  clients.map(async ({ post }) => {
    while (next < countMax && performance.now() - started < seconds * 1000) {
      const attempt = attempts[next % attempts.length];
      next += 1;
      const at = performance.now();
      const { status, head } = await post(attempt);
      times.push(performance.now() - at);
      statuses[status] = (statuses[status] ?? 0) + 1;
      const device = /\r\nset-cookie: ([^;\r]*device=[^;\r]+)/i.exec(head)?.[1];
      if (device !== undefined) devices[attempt.email] = device;
    }
  }),
);
const elapsed = performance.now() - started;
const { user, system } = process.cpuUsage(cpuBefore);
for (const { close } of clients) close();
process.stdout.write(
  JSON.stringify({ times, statuses, devices, seconds: elapsed / 1000, cpuSeconds: (user + system) / 1e6 }),
);

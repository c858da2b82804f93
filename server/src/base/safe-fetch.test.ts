import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { CERTIFICATE, PRIVATE_KEY } from './safe-fetch.fixture.ts';
import { createSafeFetch, type SafeFetchPolicy } from './safe-fetch.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) (server as ReturnType<typeof createServer>).closeAllConnections();
    server.close();
  }
});

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener, host?: string) => listen(createServer(listener), host);
const local: SafeFetchPolicy = { allowHttp: true, allowRanges: ['127.0.0.1/32'] };
/** Every name leads here, in turn. */
const resolving = (...answers: string[][]) => {
  const asked: string[] = [];
  const resolve = async (hostname: string) => {
    asked.push(hostname);
    return answers[Math.min(asked.length, answers.length) - 1] ?? [];
  };
  return { asked, resolve };
};
const text = (incoming: IncomingMessage) =>
  new Promise<string>((resolve) => {
    let body = '';
    incoming.on('data', (part) => (body += part)).on('end', () => resolve(body));
  });

test('GET: what the server answers comes back whole', async () => {
  const port = await serve((incoming, answer) => {
    answer.writeHead(201, { 'content-type': 'text/plain', 'x-two': ['a', 'b'] });
    answer.end(`${incoming.method} ${incoming.url} ${incoming.headers.host} ${incoming.headers.accept}`);
  });
  const { resolve, asked } = resolving(['127.0.0.1']);
  const response = await createSafeFetch({ ...local, resolve })(`http://issuer.test:${port}/a?b=c`, {
    headers: { Accept: 'text/plain', Host: 'inside' },
  });
  expect(response).toMatchObject({ status: 201, url: `http://issuer.test:${port}/a?b=c` });
  expect(response.headers).toMatchObject({ 'content-type': 'text/plain', 'x-two': 'a, b' });
  expect(response.body.toString()).toBe(`GET /a?b=c issuer.test:${port} text/plain`);
  expect(asked).toEqual(['issuer.test']);
});

test('POST: headers and body arrive', async () => {
  const port = await serve(async (incoming, answer) => {
    answer.end(`${incoming.method} ${incoming.headers.authorization} ${await text(incoming)}`);
  });
  const response = await createSafeFetch(local)(`http://127.0.0.1:${port}`, {
    method: 'POST',
    headers: { authorization: 'Bearer x' },
    body: 'grant=1',
  });
  expect(response.body.toString()).toBe('POST Bearer x grant=1');
});

describe('refused before anything is sent', () => {
  let requests = 0;
  const refusals: [string, (port: number) => string, SafeFetchPolicy][] = [
    ['loopback', (port) => `http://127.0.0.1:${port}/`, { allowHttp: true }],
    ['loopback, short', (port) => `http://127.1:${port}/`, { allowHttp: true }],
    ['loopback as one number', (port) => `http://2130706433:${port}/`, { allowHttp: true }],
    ['loopback in octal', (port) => `http://0177.0.0.1:${port}/`, { allowHttp: true }],
    ['loopback in full-width digits', (port) => `http://１２７.0.0.1:${port}/`, { allowHttp: true }],
    ['loopback in IPv6', (port) => `http://[::1]:${port}/`, { allowHttp: true }],
    ['loopback mapped into IPv6', (port) => `http://[::ffff:127.0.0.1]:${port}/`, local],
    ['localhost', (port) => `http://localhost:${port}/`, { allowHttp: true }],
    [
      'a name that leads to loopback',
      (port) => `http://a.test:${port}/`,
      { allowHttp: true, ...resolving(['127.0.0.1']) },
    ],
    [
      'a name that leads outside and inside',
      (port) => `http://a.test:${port}/`,
      { allowHttp: true, ...resolving(['1.1.1.1', '127.0.0.1']) },
    ],
    ['a name that leads to cloud metadata', () => 'http://a.test/', { ...local, ...resolving(['169.254.169.254']) }],
    [
      'a resolver that answers with nonsense',
      (port) => `http://a.test:${port}/`,
      { ...local, ...resolving(['localhost']) },
    ],
    ['http where https is needed', (port) => `http://127.0.0.1:${port}/`, { allowRanges: ['127.0.0.1/32'] }],
    [
      'http outside the ranges in which it may be used',
      () => 'http://a.test/',
      { ...local, allowHttp: 'in_ranges', ...resolving(['1.1.1.1']) },
    ],
    ['a file', () => 'file:///etc/passwd', local],
    ['another scheme', (port) => `gopher://127.0.0.1:${port}/`, local],
    ['a password in the URL', (port) => `http://user:pass@127.0.0.1:${port}/`, local],
    ['a user name in the URL', (port) => `http://user@127.0.0.1:${port}/`, local],
    ['no URL', () => 'issuer.test', local],
    ['a URL that is too long', (port) => `http://127.0.0.1:${port}/${'x'.repeat(3000)}`, local],
  ];
  test.for(refusals)('%s', async ([, url, policy]) => {
    const port = await serve((_, answer) => {
      requests += 1;
      answer.end('inside');
    });
    const error = await createSafeFetch(policy)(url(port)).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'fetch_refused' });
    expect(String(error)).not.toContain('127.0.0.1');
    expect(requests).toBe(0);
  });
});

test('http inside the ranges in which it may be used', async () => {
  const port = await serve((_, answer) => answer.end('inside'));
  const fetch = createSafeFetch({ ...local, allowHttp: 'in_ranges' });
  expect((await fetch(`http://127.0.0.1:${port}/`)).body.toString()).toBe('inside');
});

test('a name that changes its mind after the check is not asked again for the same connection', async () => {
  const port = await serve((_, answer) => answer.end('the checked one'));
  const { asked, resolve } = resolving(['127.0.0.1'], ['127.0.0.2']);
  const response = await createSafeFetch({ ...local, resolve })(`http://a.test:${port}/`);
  expect(response.body.toString()).toBe('the checked one');
  expect(asked).toHaveLength(1);
});

test('the next address is tried when the first does not answer', async () => {
  const port = await serve((_, answer) => answer.end('here'), '127.0.0.2');
  const fetch = createSafeFetch({ ...local, allowRanges: ['127.0.0.0/8'], ...resolving(['127.0.0.1', '127.0.0.2']) });
  expect((await fetch(`http://a.test:${port}/`)).body.toString()).toBe('here');
});

describe('redirects', () => {
  /** `/n` redirects n times. */
  const countdown: RequestListener = (incoming, answer) => {
    const left = Number(incoming.url?.slice(1));
    if (left === 0) answer.end(JSON.stringify(incoming.headers));
    else answer.writeHead(302, { location: `/${left - 1}` }).end();
  };

  test('three are followed, a fourth is not', async () => {
    const port = await serve(countdown);
    const fetch = createSafeFetch(local);
    expect(await fetch(`http://127.0.0.1:${port}/3`)).toMatchObject({ status: 200, url: `http://127.0.0.1:${port}/0` });
    await expect(fetch(`http://127.0.0.1:${port}/4`)).rejects.toMatchObject({ code: 'fetch_refused' });
  });

  test('no header of the caller’s goes along but what he accepts', async () => {
    const port = await serve(countdown);
    const headers = { authorization: 'Bearer x', cookie: 'a=b', 'x-api-key': 'secret', accept: 'application/json' };
    const { body } = await createSafeFetch(local)(`http://127.0.0.1:${port}/1`, { headers });
    expect(Object.keys(JSON.parse(body.toString())).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ]);
  });

  test.for([
    ['to a private address', () => 'http://10.0.0.1/'],
    ['to cloud metadata', () => 'http://169.254.169.254/latest/meta-data'],
    ['to loopback by another address', (port: number) => `http://127.0.0.2:${port}/`],
    ['to a name that leads inside', (port: number) => `http://b.test:${port}/`],
    ['to a file', () => 'file:///etc/passwd'],
    ['to a URL with a password', (port: number) => `http://u:p@127.0.0.1:${port}/`],
    ['to nonsense', () => 'http://['],
  ] as const)('%s are not followed', async ([, location]) => {
    let requests = 0;
    const port: number = await serve((_, answer) => {
      requests += 1;
      answer.writeHead(307, { location: location(port) }).end();
    });
    const resolve = async () => ['10.0.0.1'];
    const error = createSafeFetch({ ...local, resolve })(`http://127.0.0.1:${port}/`);
    await expect(error).rejects.toMatchObject({ code: expect.stringMatching(/^fetch_(refused|failed)$/) });
    expect(requests).toBe(1);
  });

  test.for([301, 302, 303, 307, 308])('a POST is not redirected (%i)', async (status) => {
    let requests = 0;
    const port = await serve((_, answer) => {
      requests += 1;
      answer.writeHead(status, { location: '/' }).end();
    });
    const work = createSafeFetch(local)(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'secret=1' });
    await expect(work).rejects.toMatchObject({ code: 'fetch_refused' });
    expect(requests).toBe(1);
  });

  test('from https to http are not followed unless http is allowed', async () => {
    const plain = await serve((_, answer) => answer.end('plain'));
    const secure = createTlsServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, (_, answer) => {
      answer.writeHead(302, { location: `http://127.0.0.1:${plain}/` }).end();
    });
    const port = await listen(secure);
    const policy = { ...local, allowHttp: false, certificates: [CERTIFICATE], ...resolving(['127.0.0.1']) };
    await expect(createSafeFetch(policy)(`https://issuer.test:${port}/`)).rejects.toMatchObject({
      code: 'fetch_refused',
    });
  });
});

describe('limits', () => {
  test.for([
    ['a declared length', (size: number) => ({ 'content-length': String(size) })],
    ['no declared length', () => ({})],
  ] as const)('a body over the limit with %s is given up', async ([, headers]) => {
    const port = await serve((_, answer) => {
      answer.writeHead(200, headers(5000));
      answer.end('x'.repeat(5000));
    });
    const fetch = createSafeFetch(local);
    expect((await fetch(`http://127.0.0.1:${port}/`, { bodyBytesMax: 5000 })).body).toHaveLength(5000);
    await expect(fetch(`http://127.0.0.1:${port}/`, { bodyBytesMax: 4999 })).rejects.toMatchObject({
      code: 'fetch_failed',
    });
  });

  test('a body without end is given up', async () => {
    const port = await serve((_, answer) => {
      Readable.from(endless()).pipe(answer);
    });
    await expect(createSafeFetch(local)(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'fetch_failed' });
  });

  test.for([
    ['never answers', () => undefined],
    ['never ends', (answer: { write(text: string): void }) => answer.write('x')],
  ] as const)('a server that %s is given up in time', async ([, behave]) => {
    const port = await serve((_, answer) => void behave(answer));
    const work = createSafeFetch(local)(`http://127.0.0.1:${port}/`, { timeoutMs: 100 });
    await expect(work).rejects.toMatchObject({ code: 'fetch_failed' });
  });

  test('a resolver that never answers is given up in time', async () => {
    const resolve = () => new Promise<never>(() => undefined);
    const work = createSafeFetch({ resolve })('https://issuer.test/', { timeoutMs: 50 });
    await expect(work).rejects.toMatchObject({ code: 'fetch_failed' });
  });

  test.for([
    [
      'headers too large',
      (answer: import('node:http').ServerResponse) => answer.writeHead(200, { x: 'y'.repeat(20_000) }).end(),
    ],
    [
      'a compressed answer',
      (answer: import('node:http').ServerResponse) => answer.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    ],
    ['a connection that breaks', (answer: import('node:http').ServerResponse) => answer.destroy()],
  ] as const)('%s', async ([, behave]) => {
    const port = await serve((_, answer) => void behave(answer));
    await expect(createSafeFetch(local)(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'fetch_failed' });
  });
});

describe('over TLS', () => {
  const secure = () =>
    listen(createTlsServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, (_, answer) => answer.end('secure')));
  const policy = { ...local, allowHttp: false, ...resolving(['127.0.0.1']) };

  test('the name in the URL is what the certificate must be for, though the address is connected to', async () => {
    const port = await secure();
    const fetch = createSafeFetch({ ...policy, certificates: [CERTIFICATE] });
    expect((await fetch(`https://issuer.test:${port}/`)).body.toString()).toBe('secure');
    await expect(fetch(`https://other.test:${port}/`)).rejects.toMatchObject({ code: 'fetch_failed' });
    await expect(fetch(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'fetch_failed' });
  });

  test('a certificate of an unknown authority is refused', async () => {
    const port = await secure();
    await expect(createSafeFetch(policy)(`https://issuer.test:${port}/`)).rejects.toMatchObject({
      code: 'fetch_failed',
    });
  });
});

function* endless() {
  for (;;) yield Buffer.alloc(10_000);
}

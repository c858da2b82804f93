/** Bytes on a connection. `caller`: the header lines that identify him. */
export type Bytes = (path: string, caller: string) => string;

const BIG = 'x'.repeat(1024 * 1024);

export const get = (target: string, ...lines: string[]) =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`;

/** By both listeners, with one of these statuses. */
export const REFUSED_REQUESTS: [name: string, bytes: Bytes, status: readonly number[]][] = [
  ['a header of 1 MB', (path, caller) => get(path, `X-Big: ${BIG}\r\n`, caller), [431]],
  ['a thousand headers', (path, caller) => get(path, 'X-A: b\r\n'.repeat(5000), caller), [431]],
  ['a target of 1 MB', (path, caller) => get(`${path}?${BIG}`, caller), [414, 431]],
  ['two Hosts', (path, caller) => get(path, 'Host: other.example.com\r\n', caller), [400]],
  ['the same Host twice', (path, caller) => get(path, 'Host: localhost\r\n', caller), [400]],
  ['no Host', (path, caller) => `GET ${path} HTTP/1.1\r\n${caller}\r\n`, [400]],
  ['a Host that is none', (path, caller) => `GET ${path} HTTP/1.1\r\nHost: a b\r\n${caller}\r\n`, [400]],
  [
    'Content-Length and Transfer-Encoding',
    (path, caller) =>
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n${caller}\r\n0\r\n\r\nGET /things/smuggled HTTP/1.1\r\nHost: localhost\r\n${caller}\r\n`,
    [400],
  ],
  [
    'two Content-Lengths',
    (path, caller) =>
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 4\r\n${caller}\r\nabcd`,
    [400],
  ],
  [
    'a negative Content-Length',
    (path, caller) => `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n${caller}\r\n`,
    [400],
  ],
  [
    'a transfer coding that only looks like chunked',
    (path, caller) =>
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n${caller}\r\n0\r\n\r\n`,
    [400, 501],
  ],
  ['a NUL in the path', (path, caller) => get(`${path}\0`, caller), [400]],
  ['a NUL in a header', (path, caller) => get(path, 'X-A: a\0b\r\n', caller), [400]],
  ['a space before the colon', (path, caller) => get(path, 'X-A : b\r\n', caller), [400]],
  ['a folded header', (path, caller) => get(path, 'X-A: b\r\n c\r\n', caller), [400]],
  ['bare line feeds', (path, caller) => get(path, caller).replaceAll('\r\n', '\n'), [400]],
  ['HTTP/2 in the clear', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 505]],
  ['a TLS handshake', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400]],
];

/** By the gateway. */
export const REFUSED_PATHS: [name: string, target: string, status: number][] = [
  ['an encoded slash', '/things/a%2Fb', 400],
  ['an encoded slash in lower case', '/things/a%2fb', 400],
  ['an encoded backslash', '/things/a%5Cb', 400],
  ['a backslash', '/things/a\\b', 400],
  ['encoded dot segments', '/open/%2e%2e/things/one', 400],
  ['half-encoded dot segments', '/open/.%2E/things/one', 400],
  ['above the root', '/../../etc/passwd', 400],
  ['double encoding', '/things/%252e%252e%252fone', 400],
  ['an encoded NUL', '/things/a%00', 400],
  ['an encoded line end', '/things/a%0d%0aX-Injected:%201', 400],
  ['a percent sign alone', '/things/100%', 400],
  ['no UTF-8', '/things/%ff', 400],
  ['an overlong slash', '/things/a%c0%afb', 400],
  ['a path parameter', '/things/one;admin=true', 400],
  ['another case is another path', '/Things/one', 404],
  ['a path that has no route', '/nothing', 404],
];

/**
 * Responses of an upstream as raw bytes (Latin-1), and what the caller gets. The upstream closes after sending when
 * `closes` is set. `method` and `version` are the caller's.
 */
export interface ResponseCase {
  name: string;
  send: string;
  closes?: true;
  method?: 'HEAD';
  version?: '1.0';
  /** Bytes to the caller, Date line left out; 502 for the transport's own answer; `cut` when the connection breaks off. */
  expect: string | 502 | 'cut';
  /** Is the upstream's connection kept? */
  kept: boolean;
}

const ok = (lines: string, body = '') => `HTTP/1.1 200 OK\r\n${lines}\r\n${body}`;
const CHUNKED = 'transfer-encoding: chunked\r\n';

export const RESPONSE_CASES: readonly ResponseCase[] = [
  { name: 'a length', send: ok('Content-Length: 2\r\n', 'hi'), expect: ok('content-length: 2\r\n', 'hi'), kept: true },
  { name: 'an empty body', send: ok('Content-Length: 0\r\n'), expect: ok('content-length: 0\r\n'), kept: true },
  {
    name: 'end-to-end headers as they came',
    send: ok('Server: x\r\nContent-Length: 2\r\nX-Case: Kept\r\n', 'hi'),
    expect: ok('content-length: 2\r\nServer: x\r\nX-Case: Kept\r\n', 'hi'),
    kept: true,
  },
  {
    name: 'cookies, both',
    send: ok('Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n'),
    expect: ok('content-length: 0\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n'),
    kept: true,
  },
  {
    name: 'cookies, but none that would sign somebody in at the issuer on the same host',
    send: ok(
      [
        'Set-Cookie: a=gatehouse_session',
        'set-cookie: gatehouse_session=planted; Path=/',
        'SET-COOKIE: __Host-gatehouse_session=planted; Secure; Path=/',
        'Set-Cookie: __Secure-Gatehouse_csrf=planted',
        'Set-Cookie: =gatehouse_session=planted by a cookie without a name',
        'Set-Cookie: b=2',
        'Content-Length: 0\r\n',
      ].join('\r\n'),
    ),
    expect: ok('content-length: 0\r\nSet-Cookie: a=gatehouse_session\r\nSet-Cookie: b=2\r\n'),
    kept: true,
  },
  {
    name: 'chunks, framed anew',
    send: ok('Transfer-Encoding: chunked\r\n', '2;x=y\r\nhi\r\n0\r\nX-T: 1\r\n\r\n'),
    expect: ok(CHUNKED, '2\r\nhi\r\n0\r\n\r\n'),
    kept: true,
  },
  {
    name: 'chunks to HTTP/1.0',
    send: ok('Transfer-Encoding: chunked\r\n', '2\r\nhi\r\n0\r\n\r\n'),
    version: '1.0',
    expect: ok('connection: close\r\n', 'hi'),
    kept: true,
  },
  {
    name: 'a body until close',
    send: ok('X-A: b\r\n', 'hi'),
    closes: true,
    expect: ok(`${CHUNKED}X-A: b\r\n`, '2\r\nhi\r\n0\r\n\r\n'),
    kept: false,
  },
  {
    name: 'a body until close to HTTP/1.0',
    send: ok('', 'hi'),
    closes: true,
    version: '1.0',
    expect: ok('connection: close\r\n', 'hi'),
    kept: false,
  },
  {
    name: 'HTTP/1.0 until close',
    send: 'HTTP/1.0 200 OK\r\n\r\nhi',
    closes: true,
    expect: ok(CHUNKED, '2\r\nhi\r\n0\r\n\r\n'),
    kept: false,
  },
  {
    name: 'HTTP/1.0 with a length',
    send: 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi',
    expect: ok('content-length: 2\r\n', 'hi'),
    kept: false,
  },
  {
    name: 'HTTP/1.0 that keeps',
    send: 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi',
    expect: ok('content-length: 2\r\n', 'hi'),
    kept: true,
  },
  {
    name: 'Connection: close of the upstream stays there',
    send: ok('Connection: close\r\nContent-Length: 2\r\n', 'hi'),
    expect: ok('content-length: 2\r\n', 'hi'),
    kept: false,
  },
  {
    name: 'hop-by-hop headers',
    send: ok(
      'Keep-Alive: timeout=60\r\nProxy-Connection: x\r\nTE: x\r\nTrailer: x\r\nUpgrade: x\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n',
    ),
    expect: ok('content-length: 0\r\n'),
    kept: true,
  },
  {
    name: 'what Connection names',
    send: ok('Connection: X-Hop, keep-alive\r\nX-Hop: 1\r\nX-Hops: 2\r\nContent-Length: 0\r\n'),
    expect: ok('content-length: 0\r\nX-Hops: 2\r\n'),
    kept: true,
  },
  {
    name: 'Keep-Alive: timeout=1 leaves nothing to keep',
    send: ok('Keep-Alive: timeout=1\r\nContent-Length: 0\r\n'),
    expect: ok('content-length: 0\r\n'),
    kept: false,
  },
  {
    name: 'HEAD with a length',
    send: ok('Content-Length: 50\r\n'),
    method: 'HEAD',
    expect: ok('content-length: 50\r\n'),
    kept: true,
  },
  { name: 'HEAD with chunks', send: ok('Transfer-Encoding: chunked\r\n'), method: 'HEAD', expect: ok(''), kept: true },
  { name: '204', send: 'HTTP/1.1 204 No Content\r\n\r\n', expect: 'HTTP/1.1 204 No Content\r\n\r\n', kept: true },
  {
    name: '204 with a length',
    send: 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n',
    expect: 'HTTP/1.1 204 No Content\r\n\r\n',
    kept: true,
  },
  {
    name: '304 with a length',
    send: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nETag: "x"\r\n\r\n',
    expect: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\nETag: "x"\r\n\r\n',
    kept: true,
  },
  {
    name: 'another reason phrase',
    send: 'HTTP/1.1 404 Nope\r\nContent-Length: 0\r\n\r\n',
    expect: 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n',
    kept: true,
  },
  {
    name: 'no reason phrase',
    send: 'HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n',
    expect: ok('content-length: 0\r\n'),
    kept: true,
  },
  {
    name: 'no reason phrase and no space',
    send: 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n',
    expect: ok('content-length: 0\r\n'),
    kept: true,
  },
  {
    name: 'a status nobody registered',
    send: 'HTTP/1.1 299 x\r\nContent-Length: 0\r\n\r\n',
    expect: 'HTTP/1.1 299 \r\ncontent-length: 0\r\n\r\n',
    kept: true,
  },
  {
    name: '100 first',
    send: `HTTP/1.1 100 Continue\r\n\r\n${ok('Content-Length: 0\r\n')}`,
    expect: ok('content-length: 0\r\n'),
    kept: true,
  },
  {
    name: '103 first',
    send: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x\r\n\r\n${ok('Content-Length: 0\r\n')}`,
    expect: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok('content-length: 0\r\n')}`,
    kept: true,
  },
  {
    name: '103 first to HTTP/1.0',
    send: `HTTP/1.1 103 Early Hints\r\n\r\n${ok('Content-Length: 0\r\n')}`,
    version: '1.0',
    expect: ok('content-length: 0\r\nconnection: close\r\n'),
    kept: true,
  },
  {
    name: '101 that was not asked for',
    send: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n',
    expect: 502,
    kept: false,
  },
  {
    name: 'interim responses without end',
    send: 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(9),
    version: '1.0',
    expect: 502,
    kept: false,
  },
  {
    name: 'bytes after the response',
    send: `${ok('Content-Length: 2\r\n', 'hi')}HTTP/1.1 200 OK\r\n`,
    expect: ok('content-length: 2\r\n', 'hi'),
    kept: false,
  },
  {
    name: 'a body after 204',
    send: 'HTTP/1.1 204 No Content\r\n\r\nhi',
    expect: 'HTTP/1.1 204 No Content\r\n\r\n',
    kept: false,
  },
  { name: 'not HTTP', send: 'SSH-2.0-OpenSSH_9.2\r\n', expect: 502, kept: false },
  { name: 'HTTP/2', send: 'HTTP/2 200\r\n\r\n', expect: 502, kept: false },
  { name: 'HTTP/1.2', send: 'HTTP/1.2 200 OK\r\n\r\n', expect: 502, kept: false },
  { name: 'a status of two digits', send: 'HTTP/1.1 20 OK\r\n\r\n', expect: 502, kept: false },
  { name: 'a status of four digits', send: 'HTTP/1.1 2000 OK\r\n\r\n', expect: 502, kept: false },
  { name: 'status 600', send: 'HTTP/1.1 600 x\r\n\r\n', expect: 502, kept: false },
  { name: 'status 099', send: 'HTTP/1.1 099 x\r\n\r\n', expect: 502, kept: false },
  { name: 'a bare line feed', send: 'HTTP/1.1 200 OK\nContent-Length: 0\n\n', expect: 502, kept: false },
  { name: 'a control byte in the reason', send: 'HTTP/1.1 200 O\0K\r\n\r\n', expect: 502, kept: false },
  { name: 'a bare carriage return', send: ok('X-A: b\rc\r\nContent-Length: 0\r\n'), expect: 502, kept: false },
  { name: 'a folded line', send: ok('X-A: b\r\n c\r\nContent-Length: 0\r\n'), expect: 502, kept: false },
  { name: 'a space before the colon', send: ok('Content-Length : 0\r\n'), expect: 502, kept: false },
  { name: 'two lengths', send: ok('Content-Length: 2\r\nContent-Length: 3\r\n', 'hi!'), expect: 502, kept: false },
  { name: 'two equal lengths', send: ok('Content-Length: 2\r\nContent-Length: 2\r\n', 'hi'), expect: 502, kept: false },
  { name: 'a length that is none', send: ok('Content-Length: 2x\r\n', 'hi'), expect: 502, kept: false },
  {
    name: 'both length and chunked',
    send: ok('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    expect: 502,
    kept: false,
  },
  { name: 'gzip, chunked', send: ok('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), expect: 502, kept: false },
  { name: 'identity', send: ok('Transfer-Encoding: identity\r\n'), expect: 502, kept: false },
  {
    name: 'chunked in HTTP/1.0',
    send: 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    expect: 502,
    kept: false,
  },
  { name: 'a head too large', send: ok(`X-A: ${'a'.repeat(40_000)}\r\n`), expect: 502, kept: false },
  { name: 'too many fields', send: ok('x: 1\r\n'.repeat(101)), expect: 502, kept: false },
  { name: 'closes without a word', send: '', closes: true, expect: 502, kept: false },
  { name: 'closes in the head', send: 'HTTP/1.1 200 OK\r\nContent-', closes: true, expect: 502, kept: false },
  { name: 'closes in the body', send: ok('Content-Length: 5\r\n', 'hi'), closes: true, expect: 'cut', kept: false },
  {
    name: 'closes in the body, to HTTP/1.0',
    send: ok('Transfer-Encoding: chunked\r\n', '2\r\nhi\r\n'),
    version: '1.0',
    closes: true,
    expect: 'cut',
    kept: false,
  },
  {
    name: 'closes before the last chunk',
    send: ok('Transfer-Encoding: chunked\r\n', '2\r\nhi\r\n'),
    closes: true,
    expect: 'cut',
    kept: false,
  },
  {
    name: 'a bad chunk size',
    send: ok('Transfer-Encoding: chunked\r\n', '2\r\nhi\r\nx\r\n'),
    expect: 'cut',
    kept: false,
  },
  {
    name: 'a chunk longer than its size',
    send: ok('Transfer-Encoding: chunked\r\n', '1\r\nhi\r\n0\r\n\r\n'),
    expect: 'cut',
    kept: false,
  },
];

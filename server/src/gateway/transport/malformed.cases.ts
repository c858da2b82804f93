/**
 * Requests as raw bytes (Latin-1), and what becomes of each: refused with a status, or forwarded in exactly this form.
 * HTTP request smuggling lives in the difference between two readers; whatever has two readings stands here.
 */
export interface MalformedCase {
  name: string;
  send: string;
  /** A status the transport refuses with, or the bytes the upstream receives, `Host` line left out. */
  expect: number | string;
}

const H = 'Host: a.example\r\n';
const get = (target: string) => `GET ${target} HTTP/1.1\r\n${H}\r\n`;
const withLine = (line: string) => `GET / HTTP/1.1\r\n${H}${line}\r\n\r\n`;
const withHost = (host: string) => `GET / HTTP/1.1\r\n${host}\r\n\r\n`;
const post = (lines: string, body = '') => `POST /p HTTP/1.1\r\n${H}${lines}\r\n\r\n${body}`;
const chunked = (body: string) => post('Transfer-Encoding: chunked', body);
const forwardedChunks = (body: string) => `POST /p HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n${body}`;
const PLAIN = 'GET / HTTP/1.1\r\n\r\n';

const requestLine: MalformedCase[] = [
  { name: 'a plain request', send: get('/'), expect: PLAIN },
  { name: 'one empty line before it', send: `\r\n${get('/')}`, expect: PLAIN },
  { name: 'two empty lines before it', send: `\r\n\r\n${get('/')}`, expect: 400 },
  { name: 'a bare line feed before it', send: `\n${get('/')}`, expect: 400 },
  { name: 'a space before the method', send: ` ${get('/')}`, expect: 400 },
  { name: 'two spaces before the target', send: `GET  / HTTP/1.1\r\n${H}\r\n`, expect: 400 },
  { name: 'two spaces before the version', send: `GET /  HTTP/1.1\r\n${H}\r\n`, expect: 400 },
  { name: 'a space after the version', send: `GET / HTTP/1.1 \r\n${H}\r\n`, expect: 400 },
  { name: 'a tab between method and target', send: `GET\t/ HTTP/1.1\r\n${H}\r\n`, expect: 400 },
  { name: 'a vertical tab between target and version', send: `GET /\x0bHTTP/1.1\r\n${H}\r\n`, expect: 400 },
  { name: 'no version (HTTP/0.9)', send: 'GET /\r\n\r\n', expect: 400 },
  { name: 'no target', send: `GET HTTP/1.1\r\n${H}\r\n`, expect: 400 },
  { name: 'an empty target', send: `GET  HTTP/1.1\r\n${H}\r\n`, expect: 400 },
  { name: 'a method with a control byte', send: `G\x01T / HTTP/1.1\r\n${H}\r\n`, expect: 400 },
  { name: 'a method with a colon', send: `GE:T / HTTP/1.1\r\n${H}\r\n`, expect: 400 },
  {
    name: 'a method in lower case is another method',
    send: `get / HTTP/1.1\r\n${H}\r\n`,
    expect: 'get / HTTP/1.1\r\n\r\n',
  },
  {
    name: 'an unknown method that is a token',
    send: `M-SEARCH / HTTP/1.1\r\n${H}\r\n`,
    expect: 'M-SEARCH / HTTP/1.1\r\n\r\n',
  },
  { name: 'a method longer than any', send: `${'A'.repeat(33)} / HTTP/1.1\r\n${H}\r\n`, expect: 501 },
  { name: 'a method without end', send: 'A'.repeat(64), expect: 501 },
  { name: 'version 2.0', send: `GET / HTTP/2.0\r\n${H}\r\n`, expect: 505 },
  { name: 'version 1.2', send: `GET / HTTP/1.2\r\n${H}\r\n`, expect: 505 },
  { name: 'version 0.9', send: `GET / HTTP/0.9\r\n${H}\r\n`, expect: 505 },
  { name: 'version 1.10', send: `GET / HTTP/1.10\r\n${H}\r\n`, expect: 400 },
  { name: 'version 01.1', send: `GET / HTTP/01.1\r\n${H}\r\n`, expect: 400 },
  { name: 'version 1', send: `GET / HTTP/1\r\n${H}\r\n`, expect: 400 },
  { name: 'version 1,1', send: `GET / HTTP/1,1\r\n${H}\r\n`, expect: 400 },
  { name: 'another protocol', send: `GET / RTSP/1.1\r\n${H}\r\n`, expect: 400 },
  { name: 'the version in lower case', send: `GET / http/1.1\r\n${H}\r\n`, expect: 400 },
  { name: 'the HTTP/2 preface', send: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', expect: 505 },
  { name: 'a TLS handshake', send: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', expect: 400 },
  { name: 'a bare line feed after the request line', send: `GET / HTTP/1.1\n${H}\r\n`, expect: 400 },
  { name: 'a bare carriage return after the request line', send: `GET / HTTP/1.1\r${H}\r\n`, expect: 400 },
  { name: 'bare line feeds all over', send: 'GET / HTTP/1.1\nHost: a.example\n\n', expect: 400 },
];

const target: MalformedCase[] = [
  { name: 'a query', send: get('/a?b=c&d=%20'), expect: 'GET /a?b=c&d=%20 HTTP/1.1\r\n\r\n' },
  {
    name: 'dot segments are the pipeline’s to judge',
    send: get('/a/../b//c'),
    expect: 'GET /a/../b//c HTTP/1.1\r\n\r\n',
  },
  { name: 'what browsers leave unescaped', send: get('/a?x=[1]{2}|^`'), expect: 'GET /a?x=[1]{2}|^` HTTP/1.1\r\n\r\n' },
  { name: 'a null byte', send: get('/a\0b'), expect: 400 },
  { name: 'a byte above ASCII', send: get('/caf\xe9'), expect: 400 },
  { name: 'a fragment', send: get('/a#b'), expect: 400 },
  { name: 'a backslash', send: get('/a\\b'), expect: 400 },
  { name: 'a double quote', send: get('/a"b'), expect: 400 },
  { name: 'an angle bracket', send: get('/<script>'), expect: 400 },
  { name: 'a DEL', send: get('/a\x7f'), expect: 400 },
  { name: 'a relative path', send: get('a/b'), expect: 400 },
  { name: 'only a query', send: get('?a'), expect: 400 },
  { name: 'an asterisk with GET', send: get('*'), expect: 400 },
  { name: 'an asterisk with OPTIONS', send: `OPTIONS * HTTP/1.1\r\n${H}\r\n`, expect: 'OPTIONS * HTTP/1.1\r\n\r\n' },
  { name: 'an authority', send: get('a.example:80'), expect: 400 },
  { name: 'CONNECT', send: 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n', expect: 501 },
  { name: 'CONNECT with a path', send: `CONNECT / HTTP/1.1\r\n${H}\r\n`, expect: 501 },
  { name: 'the absolute form', send: get('http://a.example/x?y'), expect: 'GET /x?y HTTP/1.1\r\n\r\n' },
  { name: 'the absolute form in other case', send: get('HTTP://A.EXAMPLE/x'), expect: 'GET /x HTTP/1.1\r\n\r\n' },
  { name: 'the absolute form without a path', send: get('http://a.example'), expect: PLAIN },
  { name: 'the absolute form with only a query', send: get('http://a.example?q'), expect: 'GET /?q HTTP/1.1\r\n\r\n' },
  {
    name: 'OPTIONS on a host',
    send: `OPTIONS http://a.example HTTP/1.1\r\n${H}\r\n`,
    expect: 'OPTIONS * HTTP/1.1\r\n\r\n',
  },
  { name: 'the absolute form of another host', send: get('http://b.example/'), expect: 400 },
  { name: 'the absolute form of another port', send: get('http://a.example:81/'), expect: 400 },
  { name: 'the absolute form with user information', send: get('http://u:p@a.example/'), expect: 400 },
  { name: 'the absolute form without a host', send: get('http:///x'), expect: 400 },
  { name: 'the absolute form without Host', send: 'GET http://a.example/ HTTP/1.1\r\n\r\n', expect: 400 },
  { name: 'another scheme', send: get('ftp://a.example/'), expect: 400 },
  { name: 'a target of 8 KiB', send: get(`/${'a'.repeat(8191)}`), expect: `GET /${'a'.repeat(8191)} HTTP/1.1\r\n\r\n` },
  { name: 'a target of 8 KiB and one', send: get(`/${'a'.repeat(8192)}`), expect: 414 },
  { name: 'a target without end', send: `GET /${'a'.repeat(9000)}`, expect: 414 },
];

const fields: MalformedCase[] = [
  { name: 'no space after the colon', send: withLine('X-A:b'), expect: 'GET / HTTP/1.1\r\nx-a: b\r\n\r\n' },
  {
    name: 'white space around the value',
    send: withLine('X-A: \t b c \t'),
    expect: 'GET / HTTP/1.1\r\nx-a: b c\r\n\r\n',
  },
  { name: 'an empty value', send: withLine('X-A:'), expect: 'GET / HTTP/1.1\r\nx-a: \r\n\r\n' },
  { name: 'a value of white space', send: withLine('X-A:  '), expect: 'GET / HTTP/1.1\r\nx-a: \r\n\r\n' },
  { name: 'a value above ASCII', send: withLine('X-A: caf\xe9'), expect: 'GET / HTTP/1.1\r\nx-a: caf\xe9\r\n\r\n' },
  { name: 'a colon in the value', send: withLine('X-A: b:c'), expect: 'GET / HTTP/1.1\r\nx-a: b:c\r\n\r\n' },
  {
    name: 'the same field twice, order kept',
    send: withLine('X-A: 1\r\nX-B: 2\r\nX-A: 3'),
    expect: 'GET / HTTP/1.1\r\nx-a: 1\r\nx-b: 2\r\nx-a: 3\r\n\r\n',
  },
  { name: 'a space before the colon', send: withLine('X-A : b'), expect: 400 },
  { name: 'a tab before the colon', send: withLine('X-A\t: b'), expect: 400 },
  { name: 'a folded line', send: withLine('X-A: b\r\n c'), expect: 400 },
  { name: 'a line folded by a tab', send: withLine('X-A: b\r\n\tc'), expect: 400 },
  { name: 'white space before the first field', send: `GET / HTTP/1.1\r\n ${H}\r\n`, expect: 400 },
  { name: 'a line without a colon', send: withLine('X-A'), expect: 400 },
  { name: 'no name', send: withLine(': b'), expect: 400 },
  { name: 'a space in the name', send: withLine('X A: b'), expect: 400 },
  { name: 'a parenthesis in the name', send: withLine('X(A): b'), expect: 400 },
  { name: 'a slash in the name', send: withLine('X/A: b'), expect: 400 },
  { name: 'a null byte in the name', send: withLine('X\0A: b'), expect: 400 },
  { name: 'a byte above ASCII in the name', send: withLine('X-\xc4: b'), expect: 400 },
  { name: 'a null byte in the value', send: withLine('X-A: b\0c'), expect: 400 },
  { name: 'an escape in the value', send: withLine('X-A: \x1b[2J'), expect: 400 },
  { name: 'a DEL in the value', send: withLine('X-A: b\x7f'), expect: 400 },
  { name: 'a bare carriage return in the value', send: withLine('X-A: b\rc'), expect: 400 },
  { name: 'a bare carriage return that hides a field', send: withLine('X-A: b\rContent-Length: 5'), expect: 400 },
  { name: 'a bare line feed in the value', send: withLine('X-A: b\nX-B: c'), expect: 400 },
  { name: 'two carriage returns', send: withLine('X-A: b\r'), expect: 400 },
  { name: 'a head that ends in bare line feeds', send: `GET / HTTP/1.1\r\n${H}X-A: b\n\n`, expect: 400 },
  { name: 'a carriage return where the head should end', send: `GET / HTTP/1.1\r\n${H}\rX`, expect: 400 },
  {
    name: 'a hundred fields',
    send: `GET / HTTP/1.1\r\n${H}${'x:1\r\n'.repeat(99)}\r\n`,
    expect: `GET / HTTP/1.1\r\n${'x: 1\r\n'.repeat(99)}\r\n`,
  },
  { name: 'a hundred fields and one', send: `GET / HTTP/1.1\r\n${H}${'x:1\r\n'.repeat(100)}\r\n`, expect: 431 },
  { name: 'a head of 32 KiB and more', send: withLine(`X-A: ${'b'.repeat(32 * 1024)}`), expect: 431 },
  { name: 'a head of 1 MB', send: withLine(`X-A: ${'b'.repeat(1_000_000)}`), expect: 431 },
  { name: 'a name without end', send: `GET / HTTP/1.1\r\n${'a'.repeat(33_000)}`, expect: 431 },
];

const host: MalformedCase[] = [
  { name: 'no Host', send: 'GET / HTTP/1.1\r\n\r\n', expect: 400 },
  { name: 'no Host in HTTP/1.0', send: 'GET / HTTP/1.0\r\n\r\n', expect: PLAIN },
  { name: 'two Hosts', send: withHost('Host: a.example\r\nHost: b.example'), expect: 400 },
  { name: 'two equal Hosts', send: withHost('Host: a.example\r\nhost: a.example'), expect: 400 },
  { name: 'an empty Host', send: withHost('Host:'), expect: 400 },
  { name: 'a Host with a path', send: withHost('Host: a.example/x'), expect: 400 },
  { name: 'a Host with user information', send: withHost('Host: u@a.example'), expect: 400 },
  { name: 'two names in one Host', send: withHost('Host: a.example, b.example'), expect: 400 },
  { name: 'a Host with a space', send: withHost('Host: a.example b'), expect: 400 },
  { name: 'a Host with a port', send: withHost('Host: a.example:8080'), expect: PLAIN },
  { name: 'a Host with a port that is none', send: withHost('Host: a.example:http'), expect: 400 },
  { name: 'a Host with a port too high', send: withHost('Host: a.example:65536'), expect: 400 },
  { name: 'a Host with an empty port', send: withHost('Host: a.example:'), expect: 400 },
  { name: 'a Host that is an IPv6 address', send: withHost('Host: [::1]:80'), expect: PLAIN },
  { name: 'a Host that is half an IPv6 address', send: withHost('Host: [::1'), expect: 400 },
  { name: 'a Host with an escape', send: withHost('Host: a%2eexample'), expect: 400 },
  { name: 'a Host above ASCII', send: withHost('Host: b\xfccher.example'), expect: 400 },
];

const framing: MalformedCase[] = [
  {
    name: 'a body with its length',
    send: post('Content-Length: 5', 'hello'),
    expect: 'POST /p HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello',
  },
  {
    name: 'an empty body with its length',
    send: post('Content-Length: 0'),
    expect: 'POST /p HTTP/1.1\r\ncontent-length: 0\r\n\r\n',
  },
  {
    name: 'leading zeros',
    send: post('Content-Length: 005', 'hello'),
    expect: 'POST /p HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello',
  },
  { name: 'two different lengths', send: post('Content-Length: 5\r\nContent-Length: 6', 'hello!'), expect: 400 },
  { name: 'two equal lengths', send: post('Content-Length: 5\r\nContent-Length: 5', 'hello'), expect: 400 },
  { name: 'a list of equal lengths', send: post('Content-Length: 5, 5', 'hello'), expect: 400 },
  { name: 'a negative length', send: post('Content-Length: -5', 'hello'), expect: 400 },
  { name: 'a length with a plus', send: post('Content-Length: +5', 'hello'), expect: 400 },
  { name: 'a hexadecimal length', send: post('Content-Length: 0x5', 'hello'), expect: 400 },
  { name: 'a length with a fraction', send: post('Content-Length: 5.0', 'hello'), expect: 400 },
  { name: 'a length in words', send: post('Content-Length: five', 'hello'), expect: 400 },
  { name: 'an empty length', send: post('Content-Length:', 'hello'), expect: 400 },
  { name: 'a length with a space inside', send: post('Content-Length: 5 5', 'hello'), expect: 400 },
  { name: 'a length with an underscore', send: post('Content-Length: 1_0', 'hello'), expect: 400 },
  { name: 'a length beyond all measure', send: post(`Content-Length: ${'9'.repeat(20)}`, 'hello'), expect: 400 },
  { name: 'a length with a vertical tab', send: post('Content-Length: \x0b5', 'hello'), expect: 400 },
  {
    name: 'both length and chunked (CL.TE)',
    send: post('Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
    expect: 400,
  },
  {
    name: 'both chunked and length (TE.CL)',
    send: post('Transfer-Encoding: chunked\r\nContent-Length: 5', '0\r\n\r\n'),
    expect: 400,
  },
  {
    name: 'chunked in other case',
    send: post('Transfer-Encoding: Chunked', '0\r\n\r\n'),
    expect: forwardedChunks('0\r\n\r\n'),
  },
  { name: 'chunked twice', send: post('Transfer-Encoding: chunked, chunked', '0\r\n\r\n'), expect: 400 },
  {
    name: 'chunked in two fields',
    send: post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
    expect: 400,
  },
  { name: 'gzip, chunked', send: post('Transfer-Encoding: gzip, chunked', '0\r\n\r\n'), expect: 501 },
  { name: 'chunked, gzip', send: post('Transfer-Encoding: chunked, gzip', '0\r\n\r\n'), expect: 400 },
  { name: 'chunked, identity', send: post('Transfer-Encoding: chunked, identity', '0\r\n\r\n'), expect: 400 },
  { name: 'identity', send: post('Transfer-Encoding: identity'), expect: 400 },
  { name: 'xchunked', send: post('Transfer-Encoding: xchunked', '0\r\n\r\n'), expect: 400 },
  { name: 'chunked in quotes', send: post('Transfer-Encoding: "chunked"', '0\r\n\r\n'), expect: 400 },
  { name: 'chunked with a parameter', send: post('Transfer-Encoding: chunked;q=1', '0\r\n\r\n'), expect: 400 },
  { name: 'a comma before chunked', send: post('Transfer-Encoding: ,chunked', '0\r\n\r\n'), expect: 400 },
  { name: 'a no-break space after chunked', send: post('Transfer-Encoding: chunked\xa0', '0\r\n\r\n'), expect: 400 },
  { name: 'a vertical tab before chunked', send: post('Transfer-Encoding: \x0bchunked', '0\r\n\r\n'), expect: 400 },
  { name: 'an empty transfer coding', send: post('Transfer-Encoding:'), expect: 400 },
  {
    name: 'chunked in HTTP/1.0',
    send: `POST /p HTTP/1.0\r\n${H}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    expect: 400,
  },
  {
    name: 'a length with GET',
    send: `GET / HTTP/1.1\r\n${H}Content-Length: 2\r\n\r\nhi`,
    expect: 'GET / HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi',
  },
  {
    name: 'a field that only looks like a length',
    send: withLine('Content_Length: 5'),
    expect: 'GET / HTTP/1.1\r\ncontent_length: 5\r\n\r\n',
  },
];

const chunks: MalformedCase[] = [
  { name: 'one chunk', send: chunked('5\r\nhello\r\n0\r\n\r\n'), expect: forwardedChunks('5\r\nhello\r\n0\r\n\r\n') },
  {
    name: 'sizes in either case and with zeros',
    send: chunked('0A\r\n0123456789\r\nb\r\nhello world\r\n000\r\n\r\n'),
    expect: forwardedChunks('a\r\n0123456789\r\nb\r\nhello world\r\n0\r\n\r\n'),
  },
  {
    name: 'an extension is dropped',
    send: chunked('5;name=value\r\nhello\r\n0;x\r\n\r\n'),
    expect: forwardedChunks('5\r\nhello\r\n0\r\n\r\n'),
  },
  {
    name: 'trailers are dropped',
    send: chunked('5\r\nhello\r\n0\r\nX-User: root\r\nHost: b\r\n\r\n'),
    expect: forwardedChunks('5\r\nhello\r\n0\r\n\r\n'),
  },
  { name: 'no size', send: chunked('\r\nhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'a size with 0x', send: chunked('0x5\r\nhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'a negative size', send: chunked('-5\r\nhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'a size with a plus', send: chunked('+5\r\nhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'a size that is no number', send: chunked('g\r\nhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'a size with an underscore', send: chunked('1_0\r\nhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'a space before the size', send: chunked(' 5\r\nhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'a space after the size', send: chunked('5 \r\nhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'a size of nine digits', send: chunked('000000005\r\nhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'a size that would overflow', send: chunked(`${'f'.repeat(17)}\r\nhello`), expect: 400 },
  { name: 'a size line with a bare line feed', send: chunked('5\nhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'a size line with a bare carriage return', send: chunked('5\rhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'a line feed in an extension', send: chunked('5;a\nhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'an extension without end', send: chunked(`5;${'a'.repeat(300)}\r\nhello\r\n0\r\n\r\n`), expect: 400 },
  {
    name: 'many small extensions',
    send: chunked(`${`1;${'a'.repeat(250)}\r\nx\r\n`.repeat(70)}0\r\n\r\n`),
    expect: 400,
  },
  { name: 'data longer than its size', send: chunked('4\r\nhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'data shorter than its size', send: chunked('6\r\nhello\r\n0\r\n\r\n'), expect: 400 },
  { name: 'data that ends with a bare line feed', send: chunked('5\r\nhello\n0\r\n\r\n'), expect: 400 },
  { name: 'a trailer without a colon', send: chunked('0\r\nX\r\n\r\n'), expect: 400 },
  { name: 'a folded trailer', send: chunked('0\r\nX: a\r\n b\r\n\r\n'), expect: 400 },
  { name: 'a trailer with a bare line feed', send: chunked('0\r\nX: a\n\r\n'), expect: 400 },
  { name: 'trailers of 8 KiB and more', send: chunked(`0\r\nX: ${'a'.repeat(9000)}\r\n\r\n`), expect: 400 },
  { name: 'more than a hundred trailers', send: chunked(`0\r\n${'x:1\r\n'.repeat(101)}\r\n`), expect: 400 },
];

const rest: MalformedCase[] = [
  { name: 'Upgrade is ignored', send: withLine('Connection: Upgrade\r\nUpgrade: websocket'), expect: PLAIN },
  {
    name: 'Upgrade to h2c is ignored',
    send: withLine('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c'),
    expect: PLAIN,
  },
  {
    name: 'an expectation that is not ours',
    send: withLine('Expect: tea'),
    expect: 'GET / HTTP/1.1\r\nexpect: tea\r\n\r\n',
  },
  {
    name: 'HTTP/1.0 with a length',
    send: `POST /p HTTP/1.0\r\n${H}Content-Length: 2\r\n\r\nhi`,
    expect: 'POST /p HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi',
  },
];

export const MALFORMED_CASES: readonly MalformedCase[] = [
  ...requestLine,
  ...target,
  ...fields,
  ...host,
  ...framing,
  ...chunks,
  ...rest,
];

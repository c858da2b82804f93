/** multipart/form-data: what is read, what is refused since somebody else might read it otherwise, and what bombs cost. */
import { expect, test } from 'vitest';
import { compileDocument } from './compile-document.ts';
import { described } from './orders.fixture.ts';
import { boundaryOf } from './read-multipart.ts';
import { checkBody, findOperation, planBody } from './validate-request.ts';
import { violationText } from './violations.ts';

const document = compileDocument(
  described({
    openapi: '3.1.0',
    info: { title: 'Files', version: '1' },
    paths: {
      '/files': {
        post: {
          requestBody: {
            content: {
              'multipart/form-data': {
                schema: {
                  type: 'object',
                  required: ['title'],
                  additionalProperties: false,
                  properties: {
                    title: { type: 'string', minLength: 2 },
                    count: { type: 'integer', maximum: 9 },
                    tags: { type: 'array', maxItems: 2, items: { type: 'string' } },
                    meta: { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } },
                    photo: { type: 'string', format: 'binary', maxLength: 8 },
                    pages: { type: 'array', items: { type: 'string', format: 'binary' }, maxItems: 3 },
                  },
                },
                encoding: { photo: { contentType: 'image/png, image/webp' }, pages: { contentType: 'image/*' } },
              },
              'application/x-www-form-urlencoded': {
                schema: { type: 'object', properties: { meta: { type: 'object', required: ['a'] }, x: {} } },
                encoding: { x: { contentType: 'application/json' } },
              },
            },
          },
        },
      },
    },
  }),
);

const TYPE = 'multipart/form-data; boundary=b';
const part = (name: string, value: string, head = '') =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${head}\r\n\r\n${value}\r\n`;
const file = (name: string, fileName: string, type: string, value = 'bytes') =>
  part(name, value, `; filename="${fileName}"\r\nContent-Type: ${type}`);
const TITLE = part('title', 'Hi there');
const END = '--b--\r\n';

function check(text: string | Buffer, type = TYPE, headers: string[] = []): string[] {
  const { operation } = findOperation(document, '/files', 'POST') ?? expect.unreachable();
  const plan = planBody(operation, { hasBody: true, headers: ['content-type', type, ...headers] });
  if ('refused' in plan) return [plan.refused];
  return checkBody(plan.content ?? expect.unreachable(), Buffer.from(text), document).map(violationText);
}

test('is compiled', () => expect(document.problems).toEqual([]));

test.each<[string, string]>([
  ['a text', TITLE + END],
  ['no line break at the end', `${TITLE}--b--`],
  [
    'numbers, lists and JSON',
    TITLE + part('count', '7') + part('tags', 'a') + part('tags', 'b') + part('meta', '{"a":1}') + END,
  ],
  ['a file of one of its types', TITLE + file('photo', 'me.png', 'image/png') + END],
  ['several files', TITLE + file('pages', 'a.gif', 'image/gif') + file('pages', 'ü b%.png', 'image/png') + END],
  ['a file that nobody chose', TITLE + file('photo', '', 'application/octet-stream', '') + END],
  ['what looks like a boundary inside a line', part('title', 'x --b and --b-- y') + END],
  ['other headers, which mean nothing', part('title', 'Hi', '\r\nX-Other: 1') + END],
])('good: %s', (_, text) => expect(check(text)).toEqual([]));

test.each<[string, string, string]>([
  ['a field that is missing', part('count', '1') + END, 'must have the field "title"'],
  ['a field that is too short', part('title', 'x') + END, '#/title must NOT have fewer than 2 characters'],
  ['a number that is too large', TITLE + part('count', '10') + END, '#/count must be <= 9'],
  ['a number that is none', TITLE + part('count', '1e999') + END, '#/count must be integer'],
  ['a field that is not described', TITLE + part('admin', '1') + END, 'holds a field that is not described'],
  ['a prototype', TITLE + part('__proto__', '1') + END, 'holds a field that is not described'],
  ['one value twice', TITLE + TITLE + END, 'a field twice'],
  ['too many of a list', TITLE + part('tags', 'a').repeat(3) + END, '#/tags must NOT have more than 2 items'],
  ['JSON that is none', TITLE + part('meta', '{a:1}') + END, 'must be JSON'],
  ['JSON with a field twice', TITLE + part('meta', '{"a":1,"a":2}') + END, 'must not hold a field twice'],
  ['JSON that is not as described', TITLE + part('meta', '{}') + END, '#/meta must have the field "a"'],
  [
    'a file that is too long',
    TITLE + file('photo', 'a.png', 'image/png', 'x'.repeat(9)) + END,
    '#/photo must NOT have more than 8',
  ],
  ['a file of another type', TITLE + file('photo', 'a.svg', 'image/svg+xml') + END, 'not image/png or image/webp'],
  ['a file of no type', TITLE + part('photo', 'x', '; filename="a.png"') + END, 'not image/png or image/webp'],
  [
    'a path upwards',
    TITLE + file('photo', '../../etc/passwd', 'image/png') + END,
    'a file whose name is none, or a path',
  ],
  ['a path, encoded', TITLE + file('photo', '..%2fx.png', 'image/png') + END, 'a file whose name is none, or a path'],
  [
    'a path of another system',
    TITLE + file('photo', 'a\\b.png', 'image/png') + END,
    'a file whose name is none, or a path',
  ],
  ['a drive', TITLE + file('photo', 'c:x.png', 'image/png') + END, 'a file whose name is none, or a path'],
  ['dots alone', TITLE + file('photo', '..', 'image/png') + END, 'a file whose name is none, or a path'],
  ['a long name', TITLE + file('photo', 'a'.repeat(256), 'image/png') + END, 'a file whose name is none, or a path'],
  [
    'a second name for others',
    TITLE + file('photo', 'a.png"; filename*="b', 'image/png') + END,
    'not form-data with one name',
  ],
  ['two names', part('title"; name="count', 'Hi') + END, 'not form-data with one name'],
  ['no name', '--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--', 'not form-data with one name'],
  ['another disposition', '--b\r\nContent-Disposition: attachment; name="title"\r\n\r\nxx\r\n--b--', 'not form-data'],
  [
    'two dispositions',
    part('title', 'Hi', '\r\nContent-Disposition: form-data; name="count"') + END,
    'malformed, or twice',
  ],
  ['a header on two lines', part('title', 'Hi', '\r\nX-A: 1\r\n 2') + END, 'malformed, or twice'],
  ['an encoded part', part('title', 'SGk=', '\r\nContent-Transfer-Encoding: base64') + END, 'a part that is encoded'],
  ['a charset for all', part('_charset_', 'utf-16') + TITLE + END, '_charset_'],
  ['text that is not UTF-8', TITLE.replace('Hi', '\xff').toString() + END, ''],
  ['something in front', `hello\r\n${TITLE}${END}`, 'must begin with its boundary'],
  ['something behind', `${TITLE}${END}more`, 'looks like one'],
  ['no end', TITLE, 'must end with its boundary'],
  ['an end without its line break', `${TITLE.slice(0, -2)}--b--`, 'must end with its boundary'],
  ['a boundary behind a bare line feed', part('title', 'Hi\n--b\nx') + END, 'looks like one'],
  ['a boundary that goes on', part('title', 'Hi\r\n--bc\r\nx') + END, 'looks like one'],
  ['a boundary with spaces', part('title', 'Hi\r\n--b \r\nx') + END, 'looks like one'],
  ['a part without headers', `--b\r\n\r\nx\r\n${END}`, 'a part without headers'],
  ['a part that is nothing', `--b\r\n--b--`, 'a part without headers'],
  ['bare line feeds', TITLE.replaceAll('\r\n', '\n') + END, 'looks like one'],
  ['nothing', '--', 'must begin with its boundary'],
  ['the end alone, without what is required', '--b--', 'must have the field "title"'],
])('refused: %s', (what, text, expected) => {
  const bytes = what === 'text that is not UTF-8' ? Buffer.from(text, 'latin1') : text;
  expect(check(bytes).join()).toContain(what === 'text that is not UTF-8' ? 'must be UTF-8' : expected);
});

test.each([
  ['multipart/form-data', undefined],
  ['multipart/form-data; boundary=', undefined],
  ['multipart/form-data; boundary=a; boundary=b', undefined],
  ['multipart/form-data; boundary=a; charset=utf-16', undefined],
  ['multipart/form-data; boundary="a b"', 'a b'],
  ['multipart/form-data; boundary="a "', undefined],
  ['multipart/form-data; boundary=a\\b', undefined],
  ['multipart/form-data; boundary="a\r\nb"', undefined],
  [`multipart/form-data; boundary=${'a'.repeat(70)}`, 'a'.repeat(70)],
  [`multipart/form-data; boundary=${'a'.repeat(71)}`, undefined],
  ['multipart/form-data; charset=utf-8; boundary=----WebKitFormBoundaryX', '----WebKitFormBoundaryX'],
  ['multipart/mixed; boundary=a', undefined],
])('the boundary of %s', (type, boundary) => {
  expect(boundaryOf(type)).toBe(boundary);
  if (boundary === undefined) expect(check(TITLE + END, type)).toEqual(['content_type']);
});

test('what Node’s own FormData writes', async () => {
  const form = new FormData();
  form.set('title', 'Grüße "du"\r\nzwei');
  form.set('photo', new Blob(['bytes'], { type: 'image/webp' }), 'me "too".webp');
  const request = new Request('http://x.test', { method: 'POST', body: form });
  expect(check(Buffer.from(await request.arrayBuffer()), request.headers.get('content-type') ?? '')).toEqual([]);
});

test.each(['gzip', 'br', 'identity, gzip', 'x-gzip', ''])('what is compressed is not taken apart: %s', (encoding) => {
  expect(check(TITLE + END, TYPE, ['content-encoding', encoding])).toEqual(['encoding']);
});

test('bombs end where they begin', () => {
  const started = performance.now();
  expect(check(TITLE + part('tags', 'a').repeat(20_000) + END).join()).toContain('more than 200 parts');
  expect(check(`--b\r\n${'X: y\r\n'.repeat(200_000)}\r\nx\r\n${END}`).join()).toContain('4096 bytes');
  expect(check(`--b\r\n${'X: y\r\n'.repeat(20)}\r\nx\r\n${END}`).join()).toContain('more than 10 headers');
  const nearly = `multipart/form-data; boundary=${'a'.repeat(70)}`;
  const delimiter = `--${'a'.repeat(70)}`;
  const almost = `\n--${'a'.repeat(69)}b`;
  expect(check(`${delimiter}\r\n${almost.repeat(20_000)}`, nearly)).toHaveLength(1);
  expect(check(`${delimiter}\r\n${'\n--'.repeat(500_000)}`, nearly)).toHaveLength(1);
  expect(check(`${delimiter}\r\n${'a'.repeat(1_500_000)}`, nearly)).toHaveLength(1);
  expect(performance.now() - started).toBeLessThan(2000);
});

test('a field of a plain form that is JSON, by its schema or its encoding', () => {
  const form = (text: string) => check(text, 'application/x-www-form-urlencoded');
  expect(form(`meta=${encodeURIComponent('{"a":1}')}&x=%5B1%5D`)).toEqual([]);
  expect(form('meta=%7B%7D').join()).toContain('must have the field "a"');
  expect(form('x=%7B').join()).toContain('must be JSON');
});

test('forms of several parts stream where the route says so', () => {
  const { operation } = findOperation(document, '/files', 'POST') ?? expect.unreachable();
  const head = { hasBody: true, headers: ['content-type', TYPE, 'content-encoding', 'gzip'] };
  expect(planBody(operation, head, 'stream')).toEqual({ content: undefined });
});

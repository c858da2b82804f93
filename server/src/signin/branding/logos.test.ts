import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPngLogo } from './png-logo.ts';
import { readSvgLogo } from './svg-logo.ts';

const svg = (inside: string, attributes = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"${attributes}>${inside}</svg>`;
const told = (source: string) => {
  const read = readSvgLogo(source);
  return read.ok ? read.text : read.problem;
};

describe('an SVG logo', () => {
  test.each([
    ['shapes', svg('<path d="M0 0h9v9z" fill="#123456"/>'), svg('<path d="M0 0h9v9z" fill="#123456"></path>')],
    [
      'what drawing programs add',
      `<?xml version="1.0"?><!-- made --><svg xmlns="http://www.w3.org/2000/svg" version="1.1" viewBox="0 0 9 9"><title>x</title><g class="a" data-name="b"><path d="M0 0"/></g></svg>`,
      svg('<g><path d="M0 0"></path></g>'),
    ],
    ['a script inside what is left out', svg('<desc><script>alert(1)</script></desc>'), svg('')],
    [
      'a gradient of its own',
      svg('<defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs><rect fill="url(#g)"/>'),
      svg('<defs><linearGradient id="g"><stop offset="0"></stop></linearGradient></defs><rect fill="url(#g)"></rect>'),
    ],
  ])('%s: stays', (_, source, expected) => expect(told(source)).toBe(expected));

  test.each([
    ['a script', svg('<script>alert(1)</script>'), 'has <script>, which is not among'],
    ['a handler', svg('', ' onload="alert(1)"'), 'has onload on <svg>'],
    ['a handler in capitals', svg('<path ONLOAD="a"/>'), 'has ONLOAD on <path>'],
    ['a page', svg('<foreignObject><body/></foreignObject>'), 'has <foreignObject>'],
    ['a link', svg('<a href="javascript:alert(1)"><path/></a>'), 'has <a>'],
    ['an image from elsewhere', svg('<image href="https://evil.example/x.png"/>'), 'has <image>'],
    ['a use of elsewhere', svg('<use href="https://evil.example/x.svg#a"/>'), 'has <use>'],
    ['a style sheet', svg('<style>@import "https://evil.example"</style>'), 'has <style>'],
    ['a style', svg('<path style="fill:url(https://evil.example)"/>'), 'has style on <path>'],
    [
      'a paint from elsewhere',
      svg('<path fill="url(https://evil.example#a)"/>'),
      'has fill="url(https://evil.example#a)"',
    ],
    ['a paint from elsewhere, by a path', svg('<path fill="url(x.svg#a)"/>'), 'has fill="url(x.svg#a)"'],
    ['an animation', svg('<animate attributeName="href" to="javascript:alert(1)"/>'), 'has <animate>'],
    ['a doctype with entities', `<!DOCTYPE svg [<!ENTITY a "b">]>${svg('')}`, "can't be read from"],
    ['an entity', svg('<path d="&a;"/>'), 'has a stray "&" in d of <path>'],
    ['a section of characters', svg('<![CDATA[<script>]]>'), "can't be read from"],
    ['an instruction', `<?xml-stylesheet href="https://evil.example"?>${svg('')}`, "can't be read from"],
    ['no quotes', svg('<path d=M0/>'), "can't be read from"],
    ['an attribute twice', svg('<path d="a" d="b"/>'), 'has d twice on one <path>'],
    ['an end that is missing', svg('<g>'), 'has </svg> where </g> is due'],
    ['nothing that ends', '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">', 'ends before </svg>'],
    ['a second picture', svg('') + svg(''), 'must be one <svg>'],
    ['a picture in a picture', svg(svg('')), 'has <svg> inside'],
    ['words before it', `hello${svg('')}`, 'has text outside <svg>'],
    ['a page of HTML', '<html><body>x</body></html>', 'must be one <svg>'],
    ['nothing', '', 'must be one <svg>'],
    ['another namespace', svg('').replace('2000/svg', '1999/xhtml'), 'has xmlns='],
    ['no namespace', '<svg viewBox="0 0 1 1"/>', 'needs xmlns='],
    ['no size', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'needs a viewBox'],
    ['very deep', svg('<g>'.repeat(40) + '</g>'.repeat(40)), 'is nested more than 32 levels deep'],
    ['very many', svg('<g/>'.repeat(3000)), 'has more than 2000'],
    ['an element named after a property', svg('<constructor/>'), 'has <constructor>'],
  ])('%s: refused', (_, source, expected) => expect(told(source)).toContain(expected));

  test('whatever comes in, what comes out is read the same again', () => {
    const piece = fc.constantFrom(
      '<g>',
      '</g>',
      '<path d="M0"/>',
      '<script>',
      '"',
      "'",
      '<!--',
      '-->',
      '&lt;',
      '&',
      'x',
      '<',
      '/>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const read = readSvgLogo(svg(pieces.join('')));
        if (!read.ok) return;
        expect(readSvgLogo(read.text)).toEqual(read);
        expect(read.text).not.toMatch(/<script|<!|&(?!lt;|quot;|#39;|amp;|gt;)/);
      }),
    );
  });
});

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const header = (side: number) => {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(side, 0);
  data.writeUInt32BE(side, 4);
  data[8] = 8;
  return chunk('IHDR', data);
};
const pixels = chunk('IDAT', deflateSync(Buffer.from([0, 0])));
const end = chunk('IEND', Buffer.alloc(0));
const png = Buffer.concat([SIGNATURE, header(1), pixels, end]);

describe('a PNG logo', () => {
  test('stays as it is', () => expect(readPngLogo(png)).toEqual({ ok: true, bytes: png }));

  test('leaves texts, camera data and what stands behind it out', () => {
    const talkative = [
      SIGNATURE,
      header(1),
      chunk('tEXt', Buffer.from('Author\0Ada')),
      chunk('eXIf', Buffer.from('x')),
    ];
    const bytes = Buffer.concat([...talkative, pixels, end, Buffer.from('<script>alert(1)</script>')]);
    expect(readPngLogo(bytes)).toEqual({ ok: true, bytes: png });
  });

  test.each([
    ['a GIF', Buffer.from('GIF89a'), 'is no PNG'],
    ['nothing', Buffer.alloc(0), 'is no PNG'],
    ['a half', png.subarray(0, 40), 'ends in the middle'],
    ['a length that lies', Buffer.concat([SIGNATURE, Buffer.from('ffffffff', 'hex'), header(1)]), 'ends in the middle'],
    ['pixels first', Buffer.concat([SIGNATURE, pixels, end]), 'does not begin with its size'],
    ['two sizes', Buffer.concat([SIGNATURE, header(1), header(1), end]), 'does not begin with its size'],
    ['a wrong checksum', Buffer.from(png.toString('hex').replace(/.{2}$/, '00'), 'hex'), 'is damaged'],
    ['far too large', Buffer.concat([SIGNATURE, header(9999), pixels, end]), 'at most 2048 pixels'],
    ['no size', Buffer.concat([SIGNATURE, header(0), pixels, end]), 'at most 2048 pixels'],
  ])('%s: refused', (_, bytes, expected) => {
    const read = readPngLogo(bytes);
    expect(read.ok ? 'accepted' : read.problem).toContain(expected);
  });
});

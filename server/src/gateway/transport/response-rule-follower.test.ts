import { expect, test } from 'vitest';
import type { ResponseRules } from '../exchange.ts';
import { COMPLETE } from './field-lines.ts';
import { ResponseHeadParser } from './response-head-parser.ts';
import { followRules } from './response-rule-follower.ts';
import { TRANSPORT_LIMITS } from './transport-limits.ts';

const RULES: ResponseRules = {
  removed: ['access-control-allow-origin'],
  appended: ['vary', 'Origin'],
  defaults: [{ headers: ['x-own', '1'], unless: ['x-own', 'x-older'] }],
  privateByDefault: true,
};
const PRIVATE = ['cache-control', 'private', 'vary', 'X-API-Key'];

test.each([
  ['nothing', [], [], ['vary', 'Origin', ...PRIVATE, 'x-own', '1']],
  [
    'what is removed, in any case and twice',
    ['ACCESS-Control-allow-origin: *', 'a: b', 'access-control-allow-origin: x'],
    [1],
    ['vary', 'Origin', ...PRIVATE, 'x-own', '1'],
  ],
  [
    'a name that only begins so',
    ['access-control-allow-origin-x: *'],
    [0],
    ['vary', 'Origin', ...PRIVATE, 'x-own', '1'],
  ],
  ['its own', ['X-OWN:'], [0], ['vary', 'Origin', ...PRIVATE]],
  ['the older name', ['x-older: 2', 'vary: Accept'], [0, 1], ['vary', 'Origin', ...PRIVATE]],
  [
    'one line for shared caches among others',
    ['cache-control: max-age=5', 'Cache-Control: Public'],
    [0, 1],
    ['vary', 'Origin', 'x-own', '1'],
  ],
  ['a short time only', ['cache-control: max-age=5'], [0], ['vary', 'Origin', ...PRIVATE, 'x-own', '1']],
])('an upstream that sends %s', (_what, lines, kept, added) => {
  const bytes = Buffer.from(['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n'), 'latin1');
  const parser = new ResponseHeadParser(TRANSPORT_LIMITS);
  expect(parser.parse(bytes, 0, bytes.length)).toBe(COMPLETE);
  expect(followRules(bytes, parser, RULES)).toEqual(added);
  expect(lines.flatMap((_, index) => (parser.kept[index] === 1 ? [index] : []))).toEqual(kept);
});

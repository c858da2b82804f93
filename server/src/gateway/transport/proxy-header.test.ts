/** The PROXY protocol's header, byte for byte. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProxyHeader } from './proxy-header.ts';

const SIGNATURE = '0d0a0d0a000d0a515549540a';
const v2 = (rest: string) => Buffer.from(SIGNATURE + rest.replaceAll(' ', ''), 'hex');
const v1 = (line: string) => Buffer.from(line, 'latin1');
const IPV4_BLOCK = 'cb007107 c6336401 c350 01bb';
const IPV6_BLOCK = '20010db8000000000000000000000001 20010db8000000000000000000000002 c350 01bb';

const GOOD: [what: string, bytes: Buffer, source: string | undefined][] = [
  ['version 1, IPv4', v1('PROXY TCP4 203.0.113.7 198.51.100.1 50000 443\r\n'), '203.0.113.7'],
  ['version 1, IPv6', v1('PROXY TCP6 2001:db8::1 2001:db8::2 50000 443\r\n'), '2001:db8::1'],
  ['version 1, unknown', v1('PROXY UNKNOWN\r\n'), undefined],
  ['version 1, unknown with addresses', v1('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'), undefined],
  ['version 2, IPv4', v2(`21 11 000c ${IPV4_BLOCK}`), '203.0.113.7'],
  ['version 2, IPv6', v2(`21 21 0024 ${IPV6_BLOCK}`), '2001:db8::1'],
  [
    'version 2, an IPv4 address as IPv6',
    v2(`21 21 0024 00000000000000000000ffffcb007107 ${'00'.repeat(16)} c350 01bb`),
    '203.0.113.7',
  ],
  ['version 2, local', v2('20 00 0000'), undefined],
  ['version 2, local with something', v2('20 11 0003 010203'), undefined],
  ['version 2, no family', v2('21 00 0000'), undefined],
  ['version 2, with extensions', v2(`21 11 0012 ${IPV4_BLOCK} 04 0000 05 0000`), '203.0.113.7'],
  ['version 2, with a checksum', v2(`21 11 0013 ${IPV4_BLOCK} 03 0004 a634408a`), '203.0.113.7'],
];

const BAD: [what: string, bytes: Buffer, reason: string][] = [
  ['HTTP', v1('GET / HTTP/1.1\r\n'), 'does not begin'],
  ['TLS', Buffer.from('16030100a5', 'hex'), 'does not begin'],
  ['small letters', v1('proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n'), 'does not begin'],
  ['a space before', v1(' PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n'), 'does not begin'],
  ['two spaces', v1('PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\r\n'), 'neither TCP4'],
  ['UDP', v1('PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n'), 'neither TCP4'],
  ['the wrong family', v1('PROXY TCP4 ::1 ::2 1 2\r\n'), 'family'],
  ['mixed families', v1('PROXY TCP6 ::1 2.2.2.2 1 2\r\n'), 'family'],
  ['a zone', v1('PROXY TCP6 fe80::1%eth0 ::2 1 2\r\n'), 'family'],
  ['leading zeros', v1('PROXY TCP4 01.1.1.1 2.2.2.2 1 2\r\n'), 'family'],
  ['a short address', v1('PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n'), 'family'],
  ['a name', v1('PROXY TCP4 localhost 2.2.2.2 1 2\r\n'), 'family'],
  ['a port too high', v1('PROXY TCP4 1.1.1.1 2.2.2.2 65536 2\r\n'), 'port'],
  ['a port with a zero in front', v1('PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n'), 'port'],
  ['a negative port', v1('PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n'), 'port'],
  ['no port', v1('PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n'), 'port'],
  ['one field too many', v1('PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n'), 'more than'],
  ['a space at the end', v1('PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n'), 'more than'],
  ['a line that does not end', v1(`PROXY UNKNOWN ${'x'.repeat(100)}`), '107'],
  ['an end in the 108th byte', v1(`PROXY UNKNOWN ${'x'.repeat(92)}\r\n`), '107'],
  ['a line feed alone', v1(`PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n${'x'.repeat(90)}`), '107'],
  ['a control character', v1('PROXY UNKNOWN \x01\r\n'), 'neither TCP4'],
  ['version 3', v2(`31 11 000c ${IPV4_BLOCK}`), 'not known'],
  ['version 1 in the shape of 2', v2(`11 11 000c ${IPV4_BLOCK}`), 'not known'],
  ['a command that is none', v2(`22 11 000c ${IPV4_BLOCK}`), 'not known'],
  ['UDP in version 2', v2(`21 12 000c ${IPV4_BLOCK}`), 'other than TCP'],
  ['a unix socket', v2(`21 31 00d8 ${'00'.repeat(216)}`), 'other than TCP'],
  ['a family that is none', v2(`21 41 000c ${IPV4_BLOCK}`), 'other than TCP'],
  ['a block too short', v2(`21 11 000b ${IPV4_BLOCK}`), 'too short'],
  ['an IPv4 block for IPv6', v2(`21 21 000c ${IPV4_BLOCK}`), 'too short'],
  ['too long', v2('21 11 1001'), 'longer than 4096'],
  ['an extension cut off', v2(`21 11 000e ${IPV4_BLOCK} 04 00`), 'cut off'],
  ['an extension that goes beyond', v2(`21 11 000f ${IPV4_BLOCK} 04 0001`), 'longer than the header'],
  ['a wrong checksum', v2(`21 11 0013 ${IPV4_BLOCK} 03 0004 00000000`), 'checksum is wrong'],
  ['a short checksum', v2(`21 11 0011 ${IPV4_BLOCK} 03 0002 0000`), 'four bytes'],
];

describe('the PROXY header', () => {
  test.each(GOOD)('%s', (_what, bytes, source) => {
    const followed = Buffer.concat([bytes, Buffer.from('GET / HTTP/1.1\r\n')]);
    expect(parseProxyHeader(followed)).toEqual({ state: 'complete', length: bytes.length, source });
  });

  test.each(BAD)('refuses %s', (_what, bytes, reason) => {
    const found = parseProxyHeader(bytes);
    expect(found).toEqual({ state: 'refused', reason: expect.stringContaining(reason) });
  });

  test.each(GOOD)('%s waits for the last byte, and is never refused before', (_what, bytes) => {
    for (let end = 0; end < bytes.length; end += 1) {
      expect(parseProxyHeader(bytes.subarray(0, end)).state).toBe('incomplete');
    }
  });

  test('what follows a signature is never read beyond its end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (tail, second) => {
        const bytes = Buffer.concat([second ? v2('21') : v1('PROXY TCP'), tail]);
        const found = parseProxyHeader(bytes);
        if (found.state === 'complete') expect(found.length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

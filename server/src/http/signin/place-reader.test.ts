import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { placeReader } from './place-reader.ts';

const GEO = { country: 'CF-IPCountry', region: 'CF-Region', latitude: 'CF-IPLatitude', longitude: 'CF-IPLongitude' };
const COUNTRY = ['CF-IPCountry', 'DE'];

/** As Node gives them: names and values in turn, values in Latin-1. */
function asked(rawHeaders: readonly string[], remoteAddress = '10.0.0.1', geo: typeof GEO | undefined = GEO) {
  const request = { rawHeaders: [...rawHeaders], socket: { remoteAddress } } as IncomingMessage;
  return placeReader(geo, ['10.0.0.0/8'])(request);
}

test.each<[string, string[], unknown]>([
  ['a country', COUNTRY, { country: 'DE' }],
  ['in small letters', ['cf-ipcountry', 'de'], { country: 'DE' }],
  ['a region', [...COUNTRY, 'CF-Region', 'Bavaria'], { country: 'DE', region: 'Bavaria' }],
  ['a region in UTF-8', [...COUNTRY, 'CF-Region', 'Z\u00c3\u00bcrich'], { country: 'DE', region: 'Zürich' }],
  [
    'coordinates, coarser than they came',
    [...COUNTRY, 'CF-IPLatitude', '52.5196', 'CF-IPLongitude', '-0.4069'],
    { country: 'DE', latitude: 53, longitude: 0 },
  ],
  ['half of a coordinate', [...COUNTRY, 'CF-IPLatitude', '52'], { country: 'DE' }],
  ['coordinates out of bounds', [...COUNTRY, 'CF-IPLatitude', '91', 'CF-IPLongitude', '1'], { country: 'DE' }],
  ['a coordinate that is code', [...COUNTRY, 'CF-IPLatitude', '1e1', 'CF-IPLongitude', '1'], { country: 'DE' }],
  ['a region that is too long', [...COUNTRY, 'CF-Region', 'x'.repeat(61)], { country: 'DE' }],
  ['a region that controls a terminal', [...COUNTRY, 'CF-Region', '\u001b[2J'], { country: 'DE' }],
  ['a region that is no UTF-8', [...COUNTRY, 'CF-Region', '\u00ff'], { country: 'DE' }],
  ['a region alone', ['CF-Region', 'Bavaria'], undefined],
  ['a country the proxy does not know', ['CF-IPCountry', 'XX'], undefined],
  ['Tor', ['CF-IPCountry', 'T1'], undefined],
  ['two countries: one came from outside', [...COUNTRY, 'CF-IPCountry', 'FR'], undefined],
  ['nothing', [], undefined],
])('reads %s', (_name, headers, expected) => {
  expect(asked(headers)).toEqual(expected);
});

test('nobody but a trusted proxy is believed, and nothing where no headers are named', () => {
  expect(asked(COUNTRY, '203.0.113.7')).toBeUndefined();
  expect(placeReader(GEO, [])({ rawHeaders: COUNTRY, socket: {} } as IncomingMessage)).toBeUndefined();
  expect(
    placeReader(undefined, ['10.0.0.0/8'])({ rawHeaders: COUNTRY, socket: {} } as IncomingMessage),
  ).toBeUndefined();
});

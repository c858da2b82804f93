import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createLogger } from '#base';
import { clientCertificateReader, unlessRevoked } from './client-certificate.ts';

const DER = Buffer.from('a certificate');
const FIELD = `:${DER.toString('base64')}:`;
const PROXIES = { trustedProxies: ['10.0.0.0/8'], clientCertificatesFrom: ['10.0.0.1'] };

function read(remoteAddress: string, fields: readonly string[], proxies: object = PROXIES): string | undefined {
  const rawHeaders = fields.flatMap((field) => ['Client-Cert', field]);
  const headers = fields.length === 0 ? {} : { 'client-cert': fields.join(', ') };
  const der = clientCertificateReader(proxies)({ socket: { remoteAddress } as Socket, headers, rawHeaders });
  return der && Buffer.from(der).toString();
}

test.for<[who: string, address: string, fields: string[], proxies?: object]>([
  ['anyone', '192.0.2.1', [FIELD]],
  ['a trusted proxy that is not said to tell of certificates', '10.0.0.2', [FIELD]],
  ['two from such a proxy', '10.0.0.2', [FIELD, FIELD]],
  ['any proxy, where none is said to', '10.0.0.1', [FIELD], { trustedProxies: ['10.0.0.0/8'] }],
  ['anyone, without proxies', '10.0.0.1', [FIELD], {}],
  ['the proxy that tells, in another form', '10.0.0.1', [DER.toString('base64')]],
  ['the proxy that tells, nothing', '10.0.0.1', []],
])('not believed: %s', ([, address, fields, proxies]) => {
  expect(read(address, fields, proxies)).toBeUndefined();
});

test('believed from a proxy that is said to tell of certificates', () => {
  expect(read('10.0.0.1', [FIELD])).toBe('a certificate');
});

test('two from it are refused', () => {
  expect(() => read('10.0.0.1', [FIELD, FIELD])).toThrow(expect.objectContaining({ code: 'client_cert_repeated' }));
});

test.for([
  ['good', DER, 0],
  ['unlisted', DER, 0],
  ['revoked', undefined, 1],
  ['outdated', undefined, 1],
] as const)('told by a proxy: %s', ([standing, expected, warned]) => {
  const lines: string[] = [];
  const log = createLogger({ level: 'warn', destination: { write: (line: string) => void lines.push(line) } });
  const judged: Uint8Array[] = [];
  const standingOfDer = (der: Uint8Array) => {
    judged.push(der);
    return standing;
  };
  const read = unlessRevoked(clientCertificateReader(PROXIES), { standingOfDer }, log);
  const socket = { remoteAddress: '10.0.0.1' } as Socket;
  expect(read({ socket, headers: { 'client-cert': FIELD }, rawHeaders: ['Client-Cert', FIELD] })).toEqual(expected);
  expect([judged, lines.length]).toEqual([[DER], warned]);
  expect(read({ socket, headers: {}, rawHeaders: [] })).toBeUndefined();
  expect(judged).toHaveLength(1);
});

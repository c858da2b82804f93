import { z } from 'zod';
import { isAddressRange } from '#base';

const path = z.string().min(1).max(4096);

export const addressRange = z.string().refine(isAddressRange, 'must be an address or a range, for example 10.0.0.0/8');
/** Ranges in one list. */
export const RANGES_MAX = 100;

const address = (port: number) => ({
  host: z.string().min(1).max(255).default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all.'),
  port: z.int().min(0).max(65_535).default(port),
});

const revocationLists = (of: string) =>
  path.optional().describe(`PEM file of lists of revoked certificates (CRL): ${of}. Read again when it changes.`);

const revocationAuthorities = (instead: string) =>
  path
    .optional()
    .describe(
      `PEM file of the authorities that sign revocationLists${instead}. A list with another signature is not taken, and an authority without a list is closed. Read again when it changes.`,
    );

const ownTls = {
  certificates: z
    .array(
      z.strictObject({
        certificate: path.describe('PEM file: the certificate, then those that lead to its authority.'),
        key: path.describe('PEM file of its key, not encrypted, readable by this user only.'),
      }),
    )
    .min(1)
    .max(100)
    .describe('The first is for callers who name no server, or one that none is for.'),
  minimumVersion: z.enum(['1.2', '1.3']).default('1.2').describe('The oldest version of TLS that is spoken.'),
};
const http2 = z.boolean().default(true).describe('Offer HTTP/2.');
const SPEAK_TLS = 'Speak TLS. Files are read again when they change.';

const tls = z
  .strictObject({
    ...ownTls,
    clientAuthorities: path
      .optional()
      .describe(
        'PEM file of the authorities whose client certificates are trusted. With it, callers are asked for one.',
      ),
    http2,
  })
  .describe(SPEAK_TLS);

const besideTls = z
  .strictObject({
    ...ownTls,
    clientAuthorities: path
      .optional()
      .describe('PEM file of the authorities that issue the proxies their certificates. With it, each must show one.'),
    proxyNames: z
      .array(z.string().min(1).max(512))
      .min(1)
      .max(100)
      .optional()
      .describe('Of those certificates, the only ones that count: spiffe://…, dns:…, x509:… as policies know them.'),
    http2,
  })
  .describe(SPEAK_TLS);

export const upstreamTls = z
  .strictObject({
    authorities: path.optional().describe("PEM file of authorities that are trusted besides the system's."),
    client: z
      .strictObject({ certificate: path, key: path })
      .optional()
      .describe('PEM files of what is shown to upstreams that ask for a certificate.'),
  })
  .describe(
    'TLS towards https upstreams. Their certificates are always verified. Files are read again when they change.',
  );

export const controlListener = z
  .strictObject({
    ...address(7700),
    tls: z.strictObject(ownTls).optional().describe(SPEAK_TLS),
    certificatePort: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe(
        'With tls: the same again, where callers are asked for their certificate (RFC 8705). Browsers never are.',
      ),
    revocationLists: revocationLists('certificates in them authenticate no client'),
    revocationAuthorities: revocationAuthorities(''),
  })
  .prefault({})
  .describe('Issuer, sign-in pages, Admin API and console.');

export const gatewayListener = z
  .strictObject({
    ...address(7800),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .optional()
      .describe(
        'Where callers reach it, such as https://api.example.com. Pages of the console and the portal may call it.',
      ),
    tls: tls.optional(),
    revocationLists: revocationLists('one of each authority in tls.clientAuthorities, or its certificates are refused'),
    revocationAuthorities: revocationAuthorities(', where tls.clientAuthorities does not name them'),
    proxyProtocol: z
      .array(addressRange)
      .min(1)
      .max(RANGES_MAX)
      .optional()
      .describe('Addresses whose connections begin with a PROXY header, version 1 or 2.'),
    cleartextHttp2: z
      .boolean()
      .default(false)
      .describe('Without TLS, take HTTP/2 by its preface (h2c, prior knowledge).'),
    connectionsPerAddress: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(4096)
      .describe('Connections from one address, unless it is one of trustedProxies.'),
  })
  .prefault({})
  .describe('The data plane: calls to your APIs.');

export const besideListener = z
  .strictObject({
    ...address(7850),
    grpcPort: z.int().min(0).max(65_535).optional().describe('Where Envoy asks over gRPC (ext_authz, version 3).'),
    tls: besideTls.optional(),
    revocationLists: revocationLists('one of each authority in tls.clientAuthorities, or its proxies are refused'),
  })
  .describe('Proxies in trustedProxies ask here whether a request may pass, and carry it themselves.');

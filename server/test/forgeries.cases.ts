import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKeyInput, sign as signBytes } from 'node:crypto';
import type { IssuerKeys } from './issuer-keys.ts';

export const AUDIENCE = 'https://things.example.com';

/** What a forger has: a token and a key of his own, and whatever the program publishes. `keys` lends him more than that. */
export interface ForgersWorld {
  issuer: string;
  keys: IssuerKeys;
  genuine: string;
  apiKey: string;
}

/** Claims as the program would make them. */
export function claimsOf({ issuer }: ForgersWorld, more: Record<string, unknown> = {}) {
  return {
    iss: issuer,
    sub: 'reporter',
    client_id: 'reporter',
    aud: AUDIENCE,
    iat: now(),
    exp: now() + 300,
    jti: `tok_${Math.random()}`,
    scope: 'things:read',
    ...more,
  };
}

const FOREIGN = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const FOREIGN_JWK = FOREIGN.publicKey.export({ format: 'jwk' });
const PEM = { type: 'spki', format: 'pem' } as const;
const DER = { type: 'spki', format: 'der' } as const;

type Make = (world: ForgersWorld) => string | Promise<string>;

/** Nothing here may open anything. */
export const FORGERIES: [name: string, make: Make][] = [
  ['alg none', (world) => `${unsigned(world, { alg: 'none' })}.`],
  ['alg none with a signature', (world) => `${unsigned(world, { alg: 'none' })}.AAAA`],
  ['alg None', (world) => `${unsigned(world, { alg: 'None' })}.`],
  ['HS256 signed with the public key as PEM', (world) => hmac(world, publicKey(world).export(PEM))],
  ['HS256 signed with the public key as DER', (world) => hmac(world, publicKey(world).export(DER))],
  ['HS256 signed with the public key as JWK', (world) => hmac(world, JSON.stringify(world.keys.publicJwk()))],
  ['HS256 signed with nothing', (world) => hmac(world, '')],
  ['another key under our kid', (world) => bySomebody(world, {})],
  ['another key, brought along (jwk)', (world) => bySomebody(world, { jwk: FOREIGN_JWK })],
  ['another key, at an address (jku)', (world) => bySomebody(world, { kid: 'x', jku: 'http://127.0.0.1:1/jwks' })],
  ['another key, at an address (x5u)', (world) => bySomebody(world, { kid: 'x', x5u: 'http://127.0.0.1:1/x5u' })],
  ['a kid that is a path', (world) => bySomebody(world, { kid: '../../../../dev/null' })],
  ['a kid that is SQL', (world) => bySomebody(world, { kid: "' or 1=1 --" })],
  ['no kid', (world) => bySomebody(world, { kid: undefined })],
  ['an ECDSA signature of zeros', (world) => `${unsigned(world, {})}.${'A'.repeat(86)}`],
  ['a foreign issuer', (world) => signed(world, { iss: 'https://evil.example.com' })],
  ['our issuer with a slash', (world) => signed(world, { iss: `${world.issuer}/` })],
  ['no issuer', (world) => signed(world, { iss: undefined })],
  ['expired', (world) => signed(world, { iat: now() - 600, exp: now() - 1 })],
  ['expiring this very second', (world) => signed(world, { exp: now() })],
  ['no expiry', (world) => signed(world, { exp: undefined })],
  ['an expiry that is text', (world) => signed(world, { exp: '99999999999' })],
  ['not valid yet', (world) => signed(world, { iat: now() + 3600, exp: now() + 7200 })],
  ['another audience', (world) => signed(world, { aud: 'https://other.example.com' })],
  ['a list of other audiences', (world) => signed(world, { aud: ['https://other.example.com', `${AUDIENCE}/`] })],
  ['no audience', (world) => signed(world, { aud: undefined })],
  ['a client that is not there', (world) => signed(world, { sub: 'ghost', client_id: 'ghost' })],
  ['an id token', (world) => signed(world, {}, 'JWT')],
  ['an identity token for an upstream', (world) => signed(world, {}, 'identity+jwt')],
  ['a genuine one, one character changed', ({ genuine }) => flip(genuine)],
  ['a genuine one, its payload changed', ({ genuine }) => withPayload(genuine, { scope: 'things:read things:write' })],
  ['a genuine one, without its signature', ({ genuine }) => genuine.slice(0, genuine.lastIndexOf('.') + 1)],
  ['a genuine one, truncated', ({ genuine }) => genuine.slice(0, -10)],
  ['a genuine one, with a part more', ({ genuine }) => `${genuine}.AAAA`],
  ['a genuine one, padded', ({ genuine }) => `${genuine}=`],
  ['longer than any', ({ genuine }) => `${genuine.split('.')[0]}.${'A'.repeat(9000)}.AAAA`],
  ['text', () => 'hello'],
  ['an API key that was never issued', () => 'gh_live_RVUDBAStHTobXB4LvVPDdUG23ee1iCVZb'],
  ['an API key, one character changed', ({ apiKey }) => flip(apiKey)],
];

function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** By the program's own key: whatever is wrong with it, it is not the signature. */
function signed(world: ForgersWorld, more: Record<string, unknown>, typ = 'at+jwt'): Promise<string> {
  return world.keys.sign(claimsOf(world, more), typ);
}

function unsigned(world: ForgersWorld, header: object): string {
  const whole = { alg: 'ES256', typ: 'at+jwt', kid: world.keys.publicJwk().kid, ...header };
  return `${encode(whole)}.${encode(claimsOf(world))}`;
}

function hmac(world: ForgersWorld, secret: string | Buffer): string {
  const text = unsigned(world, { alg: 'HS256' });
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

function publicKey({ keys }: ForgersWorld) {
  return createPublicKey({ key: keys.publicJwk(), format: 'jwk' } as JsonWebKeyInput);
}

function bySomebody(world: ForgersWorld, header: object): string {
  const text = unsigned(world, header);
  const signature = signBytes('sha256', Buffer.from(text), { key: FOREIGN.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Changes the tenth character from the end to another one of the alphabet. */
function flip(token: string): string {
  const at = token.length - 10;
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
}

function withPayload(token: string, more: object): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const changed = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...more };
  return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
}

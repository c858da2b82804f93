import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** Every kind of identifier, by its prefix. An id tells people what it names: `key_01h455vb4pex5vsknk084sn02q`. */
export const ID_PREFIXES = {
  tenant: 'ten',
  organization: 'org',
  user: 'usr',
  group: 'grp',
  invitation: 'inv',
  userSchema: 'usm',
  role: 'rol',
  serviceAccount: 'svc',
  apiKey: 'key',
  plan: 'pln',
  keyPolicy: 'kpl',
  api: 'api',
  apiDocument: 'adc',
  route: 'rte',
  upstream: 'ups',
  browserSession: 'bse',
  gatewaySession: 'gse',
  client: 'cli',
  clientSecret: 'csc',
  trustedIssuer: 'tis',
  clientRegistrationPolicy: 'crp',
  registrationToken: 'iat',
  securityProfile: 'spr',
  signingPolicy: 'sgp',
  delivery: 'dlv',
  webhook: 'whk',
  webhookSecret: 'whs',
  authorizationServer: 'ase',
  policy: 'pol',
  externalEngine: 'eng',
  factSource: 'fct',
  decisionLog: 'dlg',
  policyTest: 'pts',
  policySchema: 'psc',
  grant: 'gnt',
  session: 'ses',
  token: 'tok',
  signingKey: 'sig',
  decision: 'dec',
  event: 'evt',
  access: 'acc',
  link: 'lnk',
  mail: 'mal',
  mailTemplate: 'mtp',
  registrationPolicy: 'rgp',
  challenge: 'chl',
  userImport: 'imp',
  branding: 'brd',
  signInPolicy: 'sip',
  passkey: 'psk',
  impersonation: 'ips',
  flow: 'flw',
  process: 'prc',
  error: 'err',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;
export type IdPrefix = (typeof ID_PREFIXES)[IdKind];
export type Id<P extends string = string> = `${P}_${string}`;

/** Crockford's base32 in lower case, as TypeID (v0.3) writes a UUIDv7. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const SUFFIX = /^[0-7][0-9abcdefghjkmnpqrstvwxyz]{25}$/;

export interface IdSource {
  clock: Clock;
  random: Random;
}

/** A new identifier: prefix, `_`, and a UUIDv7 (RFC 9562 §5.7) in base32, so that ids sort by the time they were made. */
export function newId<K extends IdKind>(kind: K, { clock, random }: IdSource): Id<(typeof ID_PREFIXES)[K]> {
  const bytes = random.bytes(16);
  bytes.writeUIntBE(clock.now(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `${ID_PREFIXES[kind]}_${encodeBase32(bytes)}`;
}

/** Is `value` an id of this kind? Checks prefix, length and alphabet: a typo is refused before any look-up. */
export function isId<K extends IdKind>(kind: K, value: unknown): value is Id<(typeof ID_PREFIXES)[K]> {
  const prefix = ID_PREFIXES[kind];
  return (
    typeof value === 'string' &&
    value.length === prefix.length + 27 &&
    value.startsWith(`${prefix}_`) &&
    SUFFIX.test(value.slice(prefix.length + 1))
  );
}

/** When an id of whatever kind was made, in milliseconds since the epoch: the first 48 bits are ten characters. */
export function timeOfId(text: string): number | undefined {
  const suffix = text.slice(text.indexOf('_') + 1);
  if (!SUFFIX.test(suffix)) return undefined;
  return [...suffix.slice(0, 10)].reduce((time, character) => time * 32 + ALPHABET.indexOf(character), 0);
}

/** 16 bytes as 26 characters: 130 bits, the two leading ones zero. In pieces of 40 bits, which a number holds exactly. */
function encodeBase32(bytes: Buffer): string {
  const head = bytes[0] ?? 0;
  return (
    ALPHABET.charAt(head >> 5) +
    ALPHABET.charAt(head & 31) +
    encodeFiveBytes(bytes, 1) +
    encodeFiveBytes(bytes, 6) +
    encodeFiveBytes(bytes, 11)
  );
}

function encodeFiveBytes(bytes: Buffer, at: number): string {
  // The upper 20 bits and the lower 20: four characters each, by the bitwise operators, which take 32.
  const high = bytes.readUIntBE(at, 2) * 16 + ((bytes[at + 2] ?? 0) >> 4);
  const low = ((bytes[at + 2] ?? 0) & 15) * 65_536 + bytes.readUIntBE(at + 3, 2);
  return encodeTwentyBits(high) + encodeTwentyBits(low);
}

function encodeTwentyBits(value: number): string {
  return (
    ALPHABET.charAt(value >> 15) +
    ALPHABET.charAt((value >> 10) & 31) +
    ALPHABET.charAt((value >> 5) & 31) +
    ALPHABET.charAt(value & 31)
  );
}

/** The tenant that exists from the first start. Others are data beside it. */
export const DEFAULT_TENANT_ID: Id<'ten'> = 'ten_00000000000000000000000000';

import { crc32 } from 'node:zlib';
import type { CredentialEnvironment, Random } from '#base';
import { BASE62_TEXT, encodeBase62 } from './base62.ts';
import type { Keyring } from './open-keyring.ts';

/**
 * Every credential that Gatehouse hands out, by the words it starts with. The prefix tells people and secret scanners
 * what they found; the checksum lets a typo, or a text that was never ours, be refused without a look-up.
 *
 *     gh_live_  5Gd0sV0nq1qWm6Jt3uYcXb8pZr2   4kT0aZ
 *     prefix    160 random bits, base 62      CRC-32 of all before it, base 62
 */
const CREDENTIAL_PREFIXES = {
  gh_live_: { kind: 'api_key', environment: 'live' },
  gh_test_: { kind: 'api_key', environment: 'test' },
  gh_rt_: { kind: 'refresh_token' },
  gh_at_: { kind: 'access_token' },
  gh_ac_: { kind: 'authorization_code' },
  gh_cs_: { kind: 'client_secret' },
  gh_ss_: { kind: 'session' },
  gh_gs_: { kind: 'gateway_session' },
  gh_ln_: { kind: 'one_time_link' },
  gh_cf_: { kind: 'csrf' },
  gh_pr_: { kind: 'pushed_request' },
  gh_dc_: { kind: 'device_code' },
  gh_ar_: { kind: 'auth_req_id' },
  gh_ia_: { kind: 'initial_access_token' },
  gh_ra_: { kind: 'registration_access_token' },
  gh_fl_: { kind: 'sign_in_flow' },
  gh_dv_: { kind: 'device' },
} as const satisfies Record<string, { kind: string; environment?: string }>;

export type CredentialKind = (typeof CREDENTIAL_PREFIXES)[keyof typeof CREDENTIAL_PREFIXES]['kind'];
export interface RecognisedCredential {
  kind: CredentialKind;
  /** Only API keys have one. */
  environment?: CredentialEnvironment;
}

/** 160 bits: what RFC 6749 §10.10 asks of a token (guessing at most 2^-160). */
const RANDOM_BYTES = 20;
/** The smallest number of base-62 digits that holds 160 bits. */
const BODY_LENGTH = 27;
/** The same for 32 bits. */
const CHECKSUM_LENGTH = 6;

const BY_PREFIX = new Map<string, RecognisedCredential>(Object.entries(CREDENTIAL_PREFIXES));
export const CREDENTIAL_KINDS = [...new Set([...BY_PREFIX.values()].map(({ kind }) => kind))];

/** A new credential. The environment is for API keys only, `live` unless told. */
export function mintCredential(kind: CredentialKind, random: Random, environment?: CredentialEnvironment): string {
  const unchecked = `${prefixOf(kind, environment)}${encodeBase62(toInteger(random.bytes(RANDOM_BYTES)), BODY_LENGTH)}`;
  return unchecked + checksum(unchecked);
}

/**
 * What a text claims to be, when its shape and checksum are right; otherwise undefined. Says nothing about whether it
 * was ever issued: the checksum is no secret. Any single edit is caught, since CRC-32 finds every burst up to 32 bits.
 */
export function recogniseCredential(text: string): RecognisedCredential | undefined {
  // `gh_` and then the next underscore end the prefix; the rest holds none.
  const prefix = text.slice(0, text.indexOf('_', 3) + 1);
  const recognised = BY_PREFIX.get(prefix);
  if (recognised === undefined || text.length !== prefix.length + BODY_LENGTH + CHECKSUM_LENGTH) return undefined;
  if (!BASE62_TEXT.test(text.slice(prefix.length))) return undefined;
  const unchecked = text.slice(0, -CHECKSUM_LENGTH);
  return checksum(unchecked) === text.slice(-CHECKSUM_LENGTH) ? recognised : undefined;
}

/**
 * What may be stored and shown of a credential: its prefix with four characters, and its last four. Together they give
 * away at most 48 of the 160 bits, which leaves 112: enough against guessing, enough for people to tell keys apart.
 */
export function describeCredential(text: string): { displayPrefix: string; last4: string } {
  const prefixLength = text.indexOf('_', 3) + 1;
  return { displayPrefix: text.slice(0, prefixLength + 4), last4: text.slice(-4) };
}

/**
 * What the database stores and indexes of a credential: a keyed hash in hex. A slow hash is for passwords; these hold
 * 160 random bits, and the key keeps a stolen database from being useful even for testing guesses.
 */
export function credentialHash(keyring: Pick<Keyring, 'mac'>, text: string): string {
  return keyring.mac('credential', text).toString('hex');
}

/**
 * Finds credentials inside other text, to blot them out of what is written down. The checksum is not looked at. Opaque
 * access tokens (`gh_at_`) are longer than the others.
 */
export const CREDENTIAL_IN_TEXT = new RegExp(
  `(${[...BY_PREFIX.keys()].join('|')})(?:(?<=gh_at_)[0-9A-Za-z_-]{20,}|[0-9A-Za-z]{${BODY_LENGTH + CHECKSUM_LENGTH}})`,
  'g',
);

function prefixOf(kind: CredentialKind, environment: CredentialEnvironment | undefined): string {
  const wanted = kind === 'api_key' ? (environment ?? 'live') : environment;
  for (const [prefix, entry] of BY_PREFIX) {
    if (entry.kind === kind && entry.environment === wanted) return prefix;
  }
  throw new RangeError(`a ${kind} has no environment`);
}

function checksum(text: string): string {
  return encodeBase62(BigInt(crc32(text)), CHECKSUM_LENGTH);
}

function toInteger(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

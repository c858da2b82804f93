import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

/** What an authenticator can be told to get wrong, or to be. */
export interface Habits {
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  crossOrigin?: boolean;
  userVerified?: boolean;
  userPresent?: boolean;
  counter?: number;
  userHandle?: string | null;
  synced?: boolean;
  aaguid?: string;
  /** Signs with another key than the one it registered. */
  forge?: boolean;
  credentialId?: string;
}

interface Credential {
  id: string;
  privateKey: KeyObject;
  rpId: string;
  userHandle: string;
  counter: number;
}

/** An authenticator in software: ES256, attestation "none". What WebAuthn Level 3 §6 says one does, and no more. */
export class VirtualAuthenticator {
  readonly credentials: Credential[] = [];
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Answers `navigator.credentials.create`: the text that a form of ours sends. */
  create(options: { challenge: string; rp: { id?: string }; user: { id: string } }, habits: Habits = {}): string {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const rpId = habits.rpId ?? options.rp.id ?? '';
    const id = habits.credentialId ?? randomBytes(32).toString('base64url');
    this.credentials.push({ id, privateKey, rpId, userHandle: options.user.id, counter: 0 });
    // COSE_Key (RFC 9053 §7.1.1): kty EC2, alg ES256, crv P-256, x, y.
    const key = cborMap([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]);
    const credentialId = Buffer.from(id, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(credentialId.length);
    const aaguid = Buffer.from((habits.aaguid ?? '00000000-0000-0000-0000-000000000000').replaceAll('-', ''), 'hex');
    const authData = Buffer.concat([
      authenticatorData(rpId, { ...habits, counter: habits.counter ?? 0 }, 0x40),
      aaguid,
      length,
      credentialId,
      key,
    ]);
    const attestationObject = cborMap([
      ['fmt', 'none'],
      ['attStmt', EMPTY_MAP],
      ['authData', authData],
    ]);
    return JSON.stringify({
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      authenticatorAttachment: 'platform',
      response: {
        clientDataJSON: this.#clientData('webauthn.create', options.challenge, habits),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal', 'hybrid', 'telepathy'],
      },
    });
  }

  /** Answers `navigator.credentials.get` with the passkey made last, or with one that is named. */
  get(options: { challenge: string; rpId?: string }, habits: Habits = {}): string {
    const credential = this.credentials.find(({ id }) => id === habits.credentialId) ?? this.credentials.at(-1);
    if (credential === undefined) throw new TypeError('the authenticator has no passkey');
    credential.counter = habits.counter ?? 0;
    const data = authenticatorData(habits.rpId ?? options.rpId ?? credential.rpId, habits, 0);
    const clientDataJSON = this.#clientData('webauthn.get', options.challenge, habits);
    const clientHash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest();
    const key =
      habits.forge === true ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : credential.privateKey;
    const signature = createSign('sha256')
      .update(Buffer.concat([data, clientHash]))
      .sign(key);
    return JSON.stringify({
      id: credential.id,
      rawId: credential.id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON,
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: habits.userHandle === undefined ? credential.userHandle : habits.userHandle,
      },
    });
  }

  #clientData(type: string, challenge: string, habits: Habits): string {
    const data = {
      type: habits.type ?? type,
      challenge: habits.challenge ?? challenge,
      origin: habits.origin ?? this.#origin,
      crossOrigin: habits.crossOrigin ?? false,
    };
    return Buffer.from(JSON.stringify(data)).toString('base64url');
  }
}

/** WebAuthn Level 3 §6.1: hash of the relying party's id, flags, counter. */
function authenticatorData(rpId: string, habits: Habits, extraFlags: number): Buffer {
  const { userPresent = true, userVerified = true, synced = false, counter = 0 } = habits;
  const flags = (userPresent ? 0x01 : 0) | (userVerified ? 0x04 : 0) | (synced ? 0x18 : 0) | extraFlags;
  const rest = Buffer.alloc(5);
  rest.writeUInt8(flags, 0);
  rest.writeUInt32BE(counter, 1);
  return Buffer.concat([createHash('sha256').update(rpId).digest(), rest]);
}

const EMPTY_MAP = null;
type Cbor = number | string | Buffer | typeof EMPTY_MAP;

/** As much of RFC 8949 as an attestation needs. */
function cborMap(entries: readonly (readonly [number | string, Cbor])[]): Buffer {
  return Buffer.concat([cborHead(5, entries.length), ...entries.flatMap(([key, value]) => [cbor(key), cbor(value)])]);
}

function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? cborHead(1, -1 - value) : cborHead(0, value);
  if (typeof value === 'string') return Buffer.concat([cborHead(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([cborHead(2, value.length), value]);
  return cborHead(5, 0);
}

function cborHead(major: number, length: number): Buffer {
  const type = major << 5;
  if (length < 24) return Buffer.from([type | length]);
  return length < 256 ? Buffer.from([type | 24, length]) : Buffer.from([type | 25, length >> 8, length & 255]);
}

import { LIMITS } from '#base';

export interface CompactJws {
  header: { alg: string; kid: string; typ: string };
  payload: Record<string, unknown>;
  /** What the signature covers. */
  signed: Buffer;
  signature: Buffer;
}

const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/** Our tokens carry these and nothing else: `jku`, `x5u`, `jwk`, `x5c`, `crit`, `b64` and `zip` are never even read. */
const HEADER_MEMBERS = new Set(['alg', 'kid', 'typ']);

/** One of our own: its header holds what ours hold and nothing else. */
export function readJws(text: string): CompactJws | undefined {
  const jws = takeJwsApart(text);
  if (jws === undefined) return undefined;
  const { alg, kid, typ } = jws.header;
  if (typeof alg !== 'string' || typeof kid !== 'string' || typeof typ !== 'string') return undefined;
  if (!Object.keys(jws.header).every((name) => HEADER_MEMBERS.has(name))) return undefined;
  return { ...jws, header: { alg, kid, typ } };
}

export type UntrustedJws = Omit<CompactJws, 'header'> & { header: Record<string, unknown> };

/** Takes a JWS in compact form (RFC 7515 §7.1) apart, strictly, without trusting a word of it. */
export function takeJwsApart(text: string): UntrustedJws | undefined {
  if (text.length > LIMITS.credentialLengthMax) return undefined;
  const match = COMPACT.exec(text);
  if (match === null) return undefined;
  const [, headerPart = '', payloadPart = '', signaturePart = ''] = match;
  const header = readJson(headerPart);
  const payload = readJson(payloadPart);
  const signature = readBase64url(signaturePart);
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  return { header, payload, signed: Buffer.from(`${headerPart}.${payloadPart}`), signature };
}

/** Refuses the second spelling that base64 has for most values, so that one token has one text. */
function readBase64url(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : undefined;
}

function readJson(part: string): Record<string, unknown> | undefined {
  const bytes = readBase64url(part);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

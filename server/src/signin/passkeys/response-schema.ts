import { z } from 'zod';

/**
 * What browsers answer with (WebAuthn Level 3 §5.1). Members that nothing here reads are dropped, not refused: browsers
 * add to them as they please.
 */
const BASE64URL = /^[A-Za-z0-9_-]+$/;
/** Of anything in a response; a credential with an RSA key and an attestation stays far below. */
const TEXT_LENGTH_MAX = 20_000;
const bytes = z.string().min(1).max(TEXT_LENGTH_MAX).regex(BASE64URL);
/** WebAuthn Level 3 §4: at most 1023 bytes. */
const credentialId = z.string().min(1).max(1364).regex(BASE64URL);
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;

const credential = { id: credentialId, rawId: credentialId, type: z.literal('public-key') };

export const assertionSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.nullish(),
  }),
});

export const attestationSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z.array(z.string()).max(16).optional(),
  }),
});

export type Assertion = z.output<typeof assertionSchema>;
export type Attestation = z.output<typeof attestationSchema>;
export type Transport = (typeof TRANSPORTS)[number];

/** Those we know: others could not be handed back to a browser. */
export function knownTransports(transports: readonly string[] = []): Transport[] {
  return TRANSPORTS.filter((transport) => transports.includes(transport));
}

const clientDataSchema = z.object({ challenge: bytes, crossOrigin: z.boolean().optional() });

/** Reads a response out of a form's field; `undefined` when it can't be one. */
export function readResponse<Schema extends typeof assertionSchema | typeof attestationSchema>(
  schema: Schema,
  text: string,
): { response: z.output<Schema>; challenge: string } | undefined {
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const clientData = Buffer.from(parsed.data.response.clientDataJSON, 'base64url').toString();
  const client = clientDataSchema.safeParse(parseJson(clientData));
  // A page of ours is never in a frame (frame-ancestors 'none'), so neither is an honest ceremony.
  if (!client.success || client.data.crossOrigin === true) return undefined;
  return { response: parsed.data as z.output<Schema>, challenge: client.data.challenge };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

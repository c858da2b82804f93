import { z } from 'zod';
import { LIMITS } from '#base';
import type { ClientSpec } from '../clients/client-schema.ts';
import { oauthErrors } from '../errors.ts';
import { readUnknownEncryptionKey } from '../jwt/encryption-key.ts';
import { printable } from '../protocol/read-params.ts';

const name = z.string().max(64).optional();

/** Of RFC 7591 §2, OpenID Connect Registration §2 and RFC 9101 §10.5: what a client's keys are, and what for. */
export const keyMetadata = {
  jwks: z.unknown().optional(),
  jwks_uri: z.string().max(LIMITS.urlLengthMax).optional(),
  token_endpoint_auth_signing_alg: name,
  id_token_encrypted_response_alg: name,
  id_token_encrypted_response_enc: name,
  userinfo_encrypted_response_alg: name,
  userinfo_encrypted_response_enc: name,
  request_object_signing_alg: name,
  request_object_encryption_alg: name,
  request_object_encryption_enc: name,
  require_signed_request_object: z.boolean().optional(),
} as const;

type KeyMetadata = z.output<z.ZodObject<typeof keyMetadata>>;

/** OpenID Connect Registration §2: what stands for an `enc` that is left out. */
const DEFAULT_ENC = 'A128CBC-HS256';

/**
 * The client's keys and algorithms as its resource has them, for the resource's own checks to judge. Keys that nothing
 * here would look at are left out.
 */
export function readKeyMetadata(metadata: KeyMetadata, method: string): Record<string, unknown> {
  const { jwks_uri: jwksUri, token_endpoint_auth_signing_alg: authAlg } = metadata;
  const { signing, encrypting } = keysOf(metadata.jwks);
  const assertion = method === 'private_key_jwt';
  if (authAlg !== undefined && !assertion) {
    throw refused('token_endpoint_auth_signing_alg', 'it is for token_endpoint_auth_method private_key_jwt');
  }
  const idToken = answerEncryption(metadata, 'id_token_encrypted_response', encrypting);
  const userinfo = answerEncryption(metadata, 'userinfo_encrypted_response', encrypting);
  const requests = requestObjects(metadata);
  const signs = assertion || requests !== undefined;
  if (requests !== undefined && signing.length === 0 && jwksUri === undefined) {
    throw refused('jwks', 'signed requests need the client\u2019s keys; add jwks or jwks_uri');
  }
  return {
    ...(assertion ? { tokenEndpointAuthMethod: method } : {}),
    ...(authAlg === undefined ? {} : { tokenEndpointAuthSigningAlg: authAlg }),
    ...(signs && metadata.jwks !== undefined ? { jwks: signingSet(metadata.jwks, signing, encrypting) } : {}),
    ...(jwksUri !== undefined && (signs || idToken !== undefined || userinfo !== undefined) ? { jwksUri } : {}),
    ...(idToken === undefined ? {} : { idTokenEncryption: idToken }),
    ...(userinfo === undefined ? {} : { userinfoEncryption: userinfo }),
    ...(requests === undefined ? {} : { requestObjects: requests }),
  };
}

/** As it now stands (RFC 7591 §3.2.1). */
export function describeKeyMetadata(spec: ClientSpec): Record<string, unknown> {
  const { idTokenEncryption: idToken, userinfoEncryption: userinfo, requestObjects: requests } = spec;
  const encrypting = [idToken?.key, userinfo?.key].filter((key) => key !== undefined);
  const distinct = [...new Map(encrypting.map((key) => [JSON.stringify(key), key])).values()];
  const keys = [...(spec.jwks?.keys ?? []), ...distinct];
  const algOf = (declared: ClientSpec['idTokenEncryption']) => declared?.alg ?? declared?.key?.alg;
  const told = {
    jwks: keys.length === 0 ? undefined : { keys },
    jwks_uri: spec.jwksUri,
    token_endpoint_auth_signing_alg: spec.tokenEndpointAuthSigningAlg,
    id_token_encrypted_response_alg: algOf(idToken),
    id_token_encrypted_response_enc: idToken?.enc,
    userinfo_encrypted_response_alg: algOf(userinfo),
    userinfo_encrypted_response_enc: userinfo?.enc,
    request_object_signing_alg: requests?.algs?.[0],
    request_object_encryption_alg: requests?.encryption?.alg,
    request_object_encryption_enc: requests?.encryption?.enc,
    require_signed_request_object: requests?.required === true ? true : undefined,
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

interface Keys {
  signing: readonly unknown[];
  encrypting: readonly Record<string, unknown>[];
}

/** One set holds both (RFC 7517 §4.2): those for encryption say so, and are no keys to verify by. */
function keysOf(jwks: unknown): Keys {
  const keys: unknown = typeof jwks === 'object' && jwks !== null && 'keys' in jwks ? jwks.keys : undefined;
  if (!Array.isArray(keys)) return { signing: [], encrypting: [] };
  const encrypting = keys.filter((key) => readUnknownEncryptionKey(key) !== undefined);
  return { signing: keys.filter((key) => !encrypting.includes(key)), encrypting };
}

/** As it came where it holds no others, for its checks to name what is wrong with it. */
const signingSet = (jwks: unknown, signing: readonly unknown[], encrypting: readonly unknown[]) =>
  encrypting.length === 0 ? jwks : { keys: signing };

function answerEncryption(
  metadata: KeyMetadata,
  prefix: 'id_token_encrypted_response' | 'userinfo_encrypted_response',
  keys: Keys['encrypting'],
): Record<string, unknown> | undefined {
  const { [`${prefix}_alg` as const]: alg, [`${prefix}_enc` as const]: enc = DEFAULT_ENC } = metadata;
  if (alg === undefined) {
    if (metadata[`${prefix}_enc`] === undefined) return undefined;
    throw refused(`${prefix}_enc`, `${prefix}_alg must be given as well`);
  }
  if (metadata.jwks_uri !== undefined) return { alg, enc };
  const key = keys.find((each) => readUnknownEncryptionKey({ ...each, alg: each.alg ?? alg })?.alg === alg);
  if (key === undefined) {
    throw refused(
      `${prefix}_alg`,
      `no key in jwks has "use": "enc" and is for ${printable(alg)}; add one, or jwks_uri`,
    );
  }
  return { key: { ...key, alg }, enc };
}

function requestObjects(metadata: KeyMetadata): Record<string, unknown> | undefined {
  const { request_object_signing_alg: alg, require_signed_request_object: required = false } = metadata;
  const { request_object_encryption_alg: encryptionAlg, request_object_encryption_enc: enc } = metadata;
  if (encryptionAlg === undefined && enc !== undefined) {
    throw refused('request_object_encryption_enc', 'request_object_encryption_alg must be given as well');
  }
  if (alg === undefined && encryptionAlg === undefined && !required) return undefined;
  return {
    required,
    ...(alg === undefined ? {} : { algs: [alg] }),
    ...(encryptionAlg === undefined ? {} : { encryption: { alg: encryptionAlg, enc: enc ?? DEFAULT_ENC } }),
  };
}

function refused(field: string, problem: string) {
  return oauthErrors.client_metadata_invalid({
    message: `The client metadata is not acceptable: ${field}: ${problem}.`,
  });
}

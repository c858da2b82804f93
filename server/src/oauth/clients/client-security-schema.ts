import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { type FieldError, LIMITS } from '#base';
import { AUTH_METHOD_TABLE, AUTH_METHODS, authMethodsOf } from '../authentication/auth-methods.ts';
import { RESPONSE_MODE_NAMES } from '../authorization/response-modes.ts';
import { CONTENT_ENCRYPTIONS } from '../jwt/encryption-key.ts';
import { REQUEST_ENCRYPTION_ALGS } from '../jwt/period-key.ts';
import { PRIVATE_MEMBERS, readPublicKey } from '../jwt/public-key.ts';
import { DEFAULT_PROFILE, PROFILE_NAMES, PROFILES } from '../profiles/profile.ts';

const SIGNING_ALGORITHMS = PROFILES[DEFAULT_PROFILE].signatureAlgs;
const KEYS_MAX = 20;
const RULES_MAX = 20;
const PEM_LENGTH_MAX = 8192;

const httpsUrl = z
  .string()
  .max(LIMITS.urlLengthMax)
  .refine((text) => /^https?:/.test(text) && URL.canParse(text) && !text.includes('#'), 'must be an https address');

const jwk = z
  .record(z.string().max(64), z.unknown())
  .refine((key) => !PRIVATE_MEMBERS.some((member) => member in key), 'This key is private. Give its public part alone.')
  .refine(
    (key) => readPublicKey(key) !== undefined,
    'must be a public key for signatures: P-256, Ed25519, or RSA of 2048 bits and more',
  );

const name = z.string().min(1).max(LIMITS.textLengthMax);
const pem = z.string().max(PEM_LENGTH_MAX).refine(isCertificate, 'must be one certificate in PEM form');

const certificate = z.strictObject({
  authority: pem.describe('Certificate that issues the client’s own, in PEM form.'),
  subjectDn: name.optional().describe('Subject as RFC 4514 writes it: CN=billing,O=Example.'),
  sanDns: name.optional(),
  sanUri: name.optional(),
  sanIp: name.optional(),
  sanEmail: name.optional(),
});

const workload = z.strictObject({
  issuer: httpsUrl.describe('`iss` of its tokens; its keys are found through its metadata.'),
  audience: name.describe('`aud` that the token must carry. Best is this server’s own address.'),
  claims: z
    .record(z.string().min(1).max(100), name)
    .describe('Claim to the text it must have. A star at the end stands for any rest.'),
});

/** How a client proves itself, and how strictly it is served. */
export const clientSecurityFields = {
  profile: z.enum(PROFILE_NAMES).optional().describe('Security profile. The tenant’s own unless said otherwise.'),
  tokenEndpointAuthMethod: z
    .enum(AUTH_METHODS)
    .optional()
    .describe('The one way it authenticates. Left out: a secret for confidential clients, none for public ones.'),
  tokenEndpointAuthSigningAlg: z
    .enum(SIGNING_ALGORITHMS)
    .optional()
    .describe('For private_key_jwt: its assertions are signed by this algorithm alone.'),
  jwks: z
    .strictObject({ keys: z.array(jwk).min(1).max(KEYS_MAX) })
    .optional()
    .describe('Its public keys (RFC 7517).'),
  jwksUri: httpsUrl.optional().describe('Where its public keys are, instead of `jwks`.'),
  certificate: certificate.optional().describe('For tls_client_auth: who issues its certificate, and for which name.'),
  workloads: z.array(workload).min(1).max(RULES_MAX).optional().describe('For workload_token: one must match.'),
  pushedRequestsOnly: z.boolean().optional().describe('Its authorization requests must be pushed (RFC 9126).'),
  requirePkce: z
    .boolean()
    .optional()
    .describe(
      'false: a confidential client on an old library may leave PKCE out where it sends a nonce and checks it (OAuth 2.1 §7.5.1).',
    ),
  requestObjects: z
    .strictObject({
      required: z.boolean().default(false).describe('Requests that are not signed are refused.'),
      algs: z.array(z.enum(SIGNING_ALGORITHMS)).min(1).max(SIGNING_ALGORITHMS.length).optional(),
      encryption: z
        .strictObject({
          alg: z.enum(REQUEST_ENCRYPTION_ALGS),
          enc: z.enum(CONTENT_ENCRYPTIONS).default('A256GCM'),
        })
        .optional()
        .describe('Those that are encrypted are so in this way alone.'),
      uris: z.array(httpsUrl).max(RULES_MAX).default([]).describe('Addresses it may give as request_uri, exactly.'),
    })
    .optional()
    .describe('Signed authorization requests (RFC 9101).'),
  responseModes: z
    .array(z.enum(RESPONSE_MODE_NAMES))
    .min(1)
    .max(RESPONSE_MODE_NAMES.length)
    .optional()
    .describe('Response modes it may ask for. All unless said otherwise.'),
  authorizationDetailTypes: z
    .array(z.string().min(1).max(100))
    .max(RULES_MAX)
    .optional()
    .describe('Types of authorization details it may ask for (RFC 9396).'),
  requiredAuthorizationDetailTypes: z
    .array(z.string().min(1).max(100))
    .max(RULES_MAX)
    .optional()
    .describe('People can’t untick entries of these types when they are asked to consent.'),
  senderConstraint: z
    .enum(['dpop', 'mtls'])
    .optional()
    .describe('Its access tokens are bound: to a DPoP key (RFC 9449) or to its TLS certificate (RFC 8705).'),
} as const;

export type ClientSecurity = z.output<z.ZodObject<typeof clientSecurityFields>>;

const KEYED = new Set(['private_key_jwt', 'self_signed_tls_client_auth']);

/** Rules across fields: what a method needs is there, and nothing is there that it would not look at. */
export function checkClientSecurity(spec: ClientSecurity & { type: 'confidential' | 'public' }): FieldError[] {
  const problems: FieldError[] = [];
  const say = (path: string, message: string) => problems.push({ path, message });
  const [method = 'none', ...others] = authMethodsOf(spec);
  const declared = others.length === 0 ? method : undefined;
  if (AUTH_METHOD_TABLE[method].confidential !== (spec.type === 'confidential')) {
    say('tokenEndpointAuthMethod', `A ${spec.type} client can't authenticate by ${method}. Change one of the two.`);
  }
  if (spec.jwks !== undefined && spec.jwksUri !== undefined) {
    say('jwksUri', 'Give either jwks or jwksUri, not both (RFC 7591 section 2).');
  }
  if (KEYED.has(declared ?? '') && spec.jwks === undefined && spec.jwksUri === undefined) {
    say('jwks', `${declared} needs the client's public keys: add jwks or jwksUri.`);
  }
  if (spec.tokenEndpointAuthSigningAlg !== undefined && declared !== 'private_key_jwt') {
    say('tokenEndpointAuthSigningAlg', 'This is for private_key_jwt. Declare that, or leave it out.');
  }
  if ((declared === 'tls_client_auth') !== (spec.certificate !== undefined)) {
    say('certificate', 'certificate and tls_client_auth belong together: declare both or neither.');
  }
  if (spec.certificate !== undefined && Object.keys(spec.certificate).length !== 2) {
    say(
      'certificate',
      'Name the client by exactly one of subjectDn, sanDns, sanUri, sanIp, sanEmail (RFC 8705 §2.1.2).',
    );
  }
  if ((declared === 'workload_token') !== (spec.workloads !== undefined)) {
    say('workloads', 'workloads and workload_token belong together: declare both or neither.');
  }
  for (const [index, { claims }] of (spec.workloads ?? []).entries()) {
    // An issuer such as a CI service speaks for everyone who uses it: its name alone says nothing.
    if (Object.keys(claims).length === 0) say(`workloads.${index}.claims`, 'Add at least one condition, such as sub.');
  }
  if (spec.requirePkce === false && spec.type === 'public') {
    say('requirePkce', 'A public client has nothing but PKCE to protect its codes. Leave this out (OAuth 2.1 §7.5.1).');
  }
  return [...problems, ...profileProblems(spec, method)];
}

function profileProblems(spec: ClientSecurity, method: keyof typeof AUTH_METHOD_TABLE): FieldError[] {
  if (spec.profile === undefined) return [];
  const profile = PROFILES[spec.profile];
  const problems: FieldError[] = [];
  if (profile.pkceAlways && spec.requirePkce === false) {
    problems.push({ path: 'requirePkce', message: `The profile ${spec.profile} takes no request without PKCE.` });
  }
  if (profile.strongAuthentication && !AUTH_METHOD_TABLE[method].strong) {
    const message = `The profile ${spec.profile} needs private_key_jwt, tls_client_auth or self_signed_tls_client_auth.`;
    problems.push({ path: 'tokenEndpointAuthMethod', message });
  }
  if (profile.senderConstrained && spec.senderConstraint === undefined) {
    problems.push({ path: 'senderConstraint', message: `The profile ${spec.profile} needs dpop or mtls.` });
  }
  return problems;
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.byteLength > 0;
  } catch {
    return false;
  }
}

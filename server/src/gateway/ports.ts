import type { AccessRecord } from '#audit';
import type { Decision, DecisionRequest, Principal } from '#base';
import type { LimitSpec } from '#limits';
import type { ApiDocumentSpec } from './openapi/document-spec.ts';
import type { RouteSpec } from './route-spec.ts';
import type { BrowserSessionSpec } from './sessions/session-spec.ts';
import type { UpstreamSpec } from './upstreams/upstream-spec.ts';

/** What the gateway needs of other rooms, by shape. `main` passes them in. */

export type Verification = { ok: true; principal: Principal } | VerificationFailure;

export interface VerificationFailure {
  ok: false;
  reason: VerificationReason;
  /** For the access record and the operator; the caller reads the gateway's own words. */
  description: string;
  /**
   * Whose credential it was, where that is certain: one that was good once and is revoked or expired. For the record
   * alone, so that it tells what a leaked credential went on to try; nothing is decided for him.
   */
  former?: Principal;
}

export type VerificationReason =
  | 'malformed'
  | 'unknown'
  | 'expired'
  | 'revoked'
  | 'quarantined'
  | 'wrong_place'
  | 'wrong_audience'
  | 'wrong_issuer'
  | 'bad_signature'
  | 'wrong_type'
  /** Bound to a key or certificate that the request does not prove to hold. */
  | 'wrong_sender';

export interface ApiKeyVerifier {
  verifyApiKey(text: string, now: number, place: RequestPlace): Verification;
  /**
   * Resolves when a key that is unknown so far may be asked about once more: it was made elsewhere a moment ago, and has
   * been heard of, or was waited for long enough. Undefined, or left out: it stays unknown.
   */
  whenHeard?(text: string): Promise<void> | undefined;
  /** Does a bearer credential look like a key that came to this tenant from another system? Left out: none did. */
  looksForeign?(text: string, tenantId: string): boolean;
}

/** Where a credential is used: an API key may be bound to some addresses, APIs and routes. */
export interface RequestPlace {
  tenantId: string;
  address: string;
  /** By name. */
  api: string | undefined;
  route: string;
}

export interface AccessTokenVerifier {
  /** At once for a token that was seen before; a promise when a signature must be checked first. */
  verifyAccessToken(
    text: string,
    expected: {
      readonly audience: string;
      /** Whose API it is. */
      readonly tenantId?: string;
      /** The key or certificate that the caller proved to hold. */
      readonly confirmation?: { readonly jkt?: string; readonly 'x5t#S256'?: string };
    },
    now: number,
  ): Verification | Promise<Verification>;
}

/** Proofs that a caller holds the key its token is bound to (DPoP, RFC 9449). Sync: everything it needs is in memory. */
export interface SenderProofs<Proof = unknown> {
  /** The algorithms a proof may be signed with, for challenges. */
  readonly algs: string;
  check(
    text: string,
    request: { readonly method: string; readonly url: string; readonly accessToken: string },
    now: number,
  ): { ok: true; proof: Proof & { readonly jkt: string } } | { ok: false; problem: string };
  /** True for whoever comes first with this proof. */
  firstUse(proof: Proof & { readonly jkt: string }, now: number): boolean;
}

/** Values that upstreams ask for, by the upstream's name and the secret's. */
export interface UpstreamSecretValues {
  /** undefined also when one of these origins is none that it was set for. */
  secretOf(tenantId: string, upstream: string, name: string, origins: readonly string[]): string | undefined;
}

export interface IdentitySigner {
  /** A short-lived JWT that tells the upstream who calls. At once when it is cached. */
  identityFor(principal: Principal, audience: string, now: number): string | Promise<string>;
}

/** Access tokens about callers, for the APIs behind the gateway. At once when one is at hand. */
export interface UpstreamTokens {
  /** undefined: the caller can't be told in a token of ours. */
  tokenFor(
    caller: { readonly principal: Principal; readonly accessToken: string | undefined },
    target: UpstreamTokenTarget,
    now: number,
  ): string | Promise<string> | undefined;
}

export interface UpstreamTokenTarget {
  /** By name. */
  readonly api: string;
  /** At most these; undefined: all that the API knows. */
  readonly scopes: readonly string[] | undefined;
}

/** Protected resource metadata (RFC 9728) of the API at this address, if there is one. From memory. */
export type ResourceMetadata = (
  tenantId: string,
  address: { readonly host: string; readonly path: string },
) => object | undefined;

export interface Authorizer {
  /** `origin` is the id under which the decision is remembered, if it is. */
  decide(request: DecisionRequest, origin?: { decisionId: string; source: 'gateway' }): Decision;
}

/** Asked besides, by routes that name one. Never throws; `failed` is no answer, and so a no. */
export interface ExternalEngines {
  ask(engine: string, request: DecisionRequest): Promise<'allowed' | 'denied' | 'failed'>;
}

export interface AccessRecorder {
  /** Never throws and never waits. */
  record(record: AccessRecord): void;
  /** False when records could not be kept and the declared policy is to refuse rather than to serve unrecorded. */
  accepting?(): boolean;
}

export interface ChangeHearing {
  /**
   * How long ago it was certain that every change so far, revocations among them, had been taken in.
   * @param now monotonic milliseconds.
   */
  silentMilliseconds(now: number): number;
}

/** Everything the data plane is configured with, read from the resources in one consistent view. */
export interface GatewayConfiguration {
  tenants: readonly TenantConfiguration[];
}

export interface TenantConfiguration {
  tenantId: string;
  /** Hosts whose requests belong to this tenant; `'*'` for the tenant that answers all others (one at most). */
  hosts: readonly string[] | '*';
  routes: readonly Named<RouteSpec>[];
  apis: readonly Named<ApiPlace>[];
  plans: readonly Named<{ limits: readonly LimitSpec[] }>[];
  upstreams?: readonly Named<UpstreamSpec>[];
  documents?: readonly Named<ApiDocumentSpec>[];
  sessions?: readonly Named<BrowserSessionSpec>[];
}

/** What an API's tokens are for, where behind the gateway they may be sent, and which external engine is asked. */
export interface ApiPlace {
  audience: string;
  engine?: string | undefined;
  servedAt?: readonly string[] | undefined;
}

export interface Named<Spec> {
  name: string;
  spec: Spec;
  /** Milliseconds. Among routes that nothing tells apart, the older one keeps its requests. */
  createdAt: number;
}

/** The configuration in memory, kept current by whoever owns it. */
export interface ConfigurationSource {
  load(): GatewayConfiguration;
  /** Called after each change, when `load` already tells it. Returns what ends it. */
  onChange(listener: () => void): () => void;
}

import type { Decision, Id, Principal, Random } from '#base';
import type { Charge, Limiter } from '#limits';
import type { CanonicalTarget } from './canonical-path.ts';
import type { ClientAddress, ClientAddressReader } from './client-address.ts';
import type { ClientCertificateReader } from './client-certificate.ts';
import type { CompiledRoute } from './compile-route.ts';
import { DECISION_NAMES, decisionIdOf } from './decision-ids.ts';
import type { TrafficCounter } from './drift/traffic-counter.ts';
import type { Forward, RawHeaders, RequestHead } from './exchange.ts';
import type { EntityTags } from './masking/entity-tags.ts';
import type { MaskedFor } from './masking/response-mask.ts';
import type { CompiledOperation } from './openapi/compile-operation.ts';
import type { AnnouncedContent } from './openapi/validate-request.ts';
import { type MadeLines, OwnHeaders } from './own-headers.ts';
import type {
  AccessRecorder,
  AccessTokenVerifier,
  ApiKeyVerifier,
  Authorizer,
  ChangeHearing,
  ExternalEngines,
  IdentitySigner,
  ResourceMetadata,
  SenderProofs,
  UpstreamSecretValues,
  UpstreamTokens,
} from './ports.ts';
import type { Problem } from './problems.ts';
import type { BrowserSessions } from './sessions/browser-sessions.ts';
import type { GatewaySnapshot, TenantSnapshot } from './snapshot.ts';
import type { TraceAppender } from './trace-context.ts';
import type { TracedExchange, Tracing } from './tracing/tracing.ts';
import type { Attempts } from './upstreams/attempts.ts';

/** What the steps use. One for the whole gateway; `snapshot` is the only part that changes. */
export interface PipelineParts {
  snapshot: GatewaySnapshot;
  readonly apiKeys: ApiKeyVerifier;
  readonly accessTokens: AccessTokenVerifier;
  readonly proofs: SenderProofs | undefined;
  readonly clientCertificate: ClientCertificateReader;
  readonly identity: IdentitySigner;
  readonly upstreamTokens: UpstreamTokens | undefined;
  readonly upstreamSecrets: UpstreamSecretValues | undefined;
  readonly authorizer: Authorizer;
  readonly externalEngines: ExternalEngines | undefined;
  readonly recorder: AccessRecorder;
  readonly changes: ChangeHearing;
  readonly resourceMetadata: ResourceMetadata | undefined;
  /** Left out: nobody signs in here. */
  readonly sessions: BrowserSessions | undefined;
  /** Left out: what is hidden in a response takes its entity tag along. */
  readonly entityTags: EntityTags | undefined;
  readonly random: Random;
  readonly limiter: Limiter;
  readonly clientAddress: ClientAddressReader;
  readonly appendTrace: TraceAppender;
  readonly tracing: Tracing | undefined;
  /** Counts what is seen of APIs that are described. */
  readonly traffic: TrafficCounter | undefined;
  readonly now: () => number;
  /** A field line that tells a new id. */
  readonly nextDecisionLine: (now: number) => MadeLines;
  /** ISO 8601 of an instant in milliseconds. */
  readonly isoTime: (now: number) => string;
}

/** One request on its way through the steps: what is known of it so far. */
export class RequestExchange {
  readonly parts: PipelineParts;
  /** As it came, but for keys that stood in places of the route's own. */
  head: RequestHead;
  /** The configuration this request is served with, from beginning to end. */
  readonly snapshot: GatewaySnapshot;
  readonly decisionId: Id<'dec'>;
  /** The line of a head that tells it. */
  readonly decisionLine: MadeLines;
  /** Who answers for the host that was asked for, if anyone does. */
  readonly tenant: TenantSnapshot | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What every response carries, whoever writes it. */
  readonly responseHeaders = new OwnHeaders();

  client: ClientAddress | undefined = undefined;
  target: CanonicalTarget | undefined = undefined;
  route: CompiledRoute | undefined = undefined;
  /** Another program forwards it, cookies and all: a session counts for nothing then. */
  carried = false;
  /** Set when it is a browser's question about a request, which the gateway answers. */
  preflight: Preflight | undefined = undefined;
  /** Captured parts of the path in canonical spelling, and as text. The same array when nothing is encoded. */
  captured: readonly string[] = NOTHING;
  values: readonly string[] = NOTHING;
  /** How often the request has been through a Gatehouse before (RFC 9110 §7.6.3). */
  hops = 0;
  credentialType = 'none';
  /** The credential came in X-API-Key, which caches do not know for one. */
  keyHeader = false;
  principal: Principal | undefined = undefined;
  /** The verified token by which the principal is known, where it is one. */
  accessToken: string | undefined = undefined;
  /** Whose credential was refused, if that is certain. For the record only. */
  formerPrincipal: Principal | undefined = undefined;
  decision: Decision | undefined = undefined;
  /** What of the answer this caller may not see, on routes that hide some of it. */
  masked: MaskedFor | undefined = undefined;
  /** What the API's description says the request is, on routes that name one. */
  operation: CompiledOperation | undefined = undefined;
  /** Of the body, if it has to be looked at. */
  bodyContent: AnnouncedContent | undefined = undefined;
  /** What the service answered with, on routes that name a description. */
  answered: { readonly status: number; readonly contentType: string | undefined } | undefined = undefined;
  /** It is not as described. */
  violated = false;
  /** What steps say of their outcome, for the record, beyond what `reason` does. */
  notes = '';
  /** From when it is forwarded, where requests are traced. */
  trace: TracedExchange | undefined = undefined;
  /** In one word, for the access record: why it ended as it did. */
  reason = 'allowed';
  allowed = false;
  forwarding: Forward | undefined = undefined;
  /** Where an upstream has several targets: the ones it was sent to. */
  attempts: Attempts | undefined = undefined;
  /** What is given back when the request is over: it counts as under way somewhere. */
  held: readonly Charge[] = NO_CHARGES;
  /** Why it was ended in the middle, if it was. */
  endedBy = '';
  recorded = false;
  /** Index of the step that runs, or ran last. */
  step = 0;

  constructor(parts: PipelineParts, head: RequestHead, at: number) {
    this.parts = parts;
    this.head = head;
    this.snapshot = parts.snapshot;
    this.tenant = parts.snapshot.tenantFor(head.host);
    this.decisionLine = parts.nextDecisionLine(at);
    this.decisionId = decisionIdOf(this.decisionLine);
    this.at = at;
    this.responseHeaders.addMade(DECISION_NAMES, this.decisionLine);
  }

  note(step: string, outcome: string): void {
    this.notes = `${this.notes === '' ? '' : `${this.notes}; `}${step}: ${outcome}`;
  }
}

const NOTHING: readonly string[] = [];
export const NO_CHARGES: readonly Charge[] = [];

/**
 * One rule of the pipeline. Returns the problem that ends the request, or nothing. A promise only when something really
 * has to be waited for: in the steady state every step answers at once.
 */
export interface Step {
  readonly name: string;
  run(exchange: RequestExchange): StepResult | Promise<StepResult>;
}

/** What ends the way early: a refusal, or a document that the gateway answers itself. */
export type StepResult = Problem | DocumentAnswer | PreflightAnswer | GrantAnswer | PageAnswer | HoldAnswer | undefined;

/** The body is wanted before the way goes on. */
export interface HoldAnswer {
  readonly hold: {
    readonly bytesMax: number;
    /** What it finds ends the request; nothing: it goes on. */
    judge(body: Buffer): StepResult;
    incomplete(why: 'too_large' | 'no_room'): StepResult;
  };
}

/** JSON about an API, for whoever asks. */
export interface DocumentAnswer {
  readonly document: object;
}

/** A browser's question whether a page may send a request (Fetch §3.3.2: OPTIONS, with both headers). */
export interface Preflight {
  readonly origin: string;
  readonly method: string;
  /** The route that the request would take; all that it could take, where that depends on its headers. */
  readonly route: CompiledRoute;
  readonly routes: readonly CompiledRoute[];
}

/** What the gateway answers browsers about their session. */
export interface PageAnswer {
  readonly page: { readonly status: number; readonly headers: RawHeaders; readonly body: string };
}

/** Yes to a preflight, in headers alone. */
export interface PreflightAnswer {
  readonly preflight: RawHeaders;
}

/** It may pass, and somebody else carries it: what he adds for the upstream. */
export interface GrantAnswer {
  readonly granted: RawHeaders;
  /** The header of the route's own in which a key came. */
  readonly keyHeader: string | undefined;
}

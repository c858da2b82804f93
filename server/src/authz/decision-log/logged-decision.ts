import { cleanText } from '#audit';
import { type Decision, type DecisionRequest, isSecretField, type Principal } from '#base';
import type { DecisionOrigin } from './decision-origin.ts';

/** What is kept of a decision: enough to explain it, and to make it again. */
export interface LoggedDecision {
  decisionId: string;
  tenantId: string;
  at: number;
  source: DecisionOrigin['source'];
  request: LoggedRequest;
  decision: Decision;
  /** Something was left out, by its name or for its size: made again it may come out otherwise. */
  incomplete: boolean;
}

export type LoggedRequest = Omit<DecisionRequest, 'principal'> & { principal: LoggedPrincipal };
/** Without its plan, which policies don't see. Nor do they see who else acts, but whoever asks why does. */
export type LoggedPrincipal = Omit<Principal, 'tenantId' | 'plan'>;

/** More than any policy looks at. */
const ENTRY_BYTES_MAX = 16 * 1024;
const DEPTH_MAX = 8;
const MEMBERS_MAX = 200;

/** What policies see, and who acted, without what looks like a secret. */
export function toLogged(
  request: DecisionRequest,
  decision: Decision,
  { decisionId, source }: DecisionOrigin,
  at: number,
): LoggedDecision {
  const { tenantId } = request.principal;
  const redaction = new Redaction();
  const kept: LoggedRequest = {
    ...request,
    principal: redaction.once(request.principal, withoutPlan) as LoggedPrincipal,
    action: redaction.of(request.action) as string,
    resource: redaction.of(request.resource) as LoggedRequest['resource'],
    context: redaction.of(request.context) as LoggedRequest['context'],
    ...(request.principalAttributes === undefined
      ? {}
      : { principalAttributes: redaction.of(request.principalAttributes) as Record<string, unknown> }),
  };
  // Messages of failed policies quote values.
  const logged = { decisionId, tenantId, at, source, decision: redaction.once(decision, whole) as Decision };
  const size = Buffer.byteLength(JSON.stringify(kept));
  if (size <= ENTRY_BYTES_MAX) return { ...logged, request: kept, incomplete: redaction.leftOut };
  const { type, id } = kept.resource;
  const small = { ...kept, resource: { type, id: id.slice(0, 1024) }, context: {}, principalAttributes: {} };
  return { ...logged, request: small, incomplete: true };
}

/** Whoever asks about somebody names him: by mistake, by his key. */
function withoutPlan(redaction: Redaction, { tenantId: _tenantId, plan: _plan, credential, ...principal }: Principal) {
  return { ...(redaction.of(principal) as Omit<LoggedPrincipal, 'credential'>), credential };
}

function whole(redaction: Redaction, decision: Decision): unknown {
  return redaction.of(decision);
}

/**
 * What is left of principals and decisions: verifiers and policies hand out the same objects, which nobody changes, for
 * as long as they stay as they are, and walking through them was half of what logging costs.
 */
const KNOWN = new WeakMap<object, { left: unknown; leftOut: boolean }>();

/** Walks through what came with a request, and remembers whether anything had to go. */
class Redaction {
  leftOut = false;

  once<Lasting extends object>(value: Lasting, walk: (redaction: Redaction, value: Lasting) => unknown): unknown {
    let known = KNOWN.get(value);
    if (known === undefined) {
      const own = new Redaction();
      known = { left: walk(own, value), leftOut: own.leftOut };
      KNOWN.set(value, known);
    }
    this.leftOut ||= known.leftOut;
    return known.left;
  }

  of(value: unknown, depth = 0): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'bigint') return this.#gone(String(value));
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= DEPTH_MAX) return this.#gone('[deep]');
    if (Array.isArray(value)) {
      if (value.length > MEMBERS_MAX) this.leftOut = true;
      return value.slice(0, MEMBERS_MAX).map((item) => this.of(item, depth + 1));
    }
    const members: [string, unknown][] = [];
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      if (members.length === MEMBERS_MAX) {
        this.leftOut = true;
        break;
      }
      members.push([this.#text(name), isSecretField(name) ? this.#gone('[redacted]') : this.of(member, depth + 1)]);
    }
    // `fromEntries` defines what it is given; an assignment to `__proto__` would make it vanish.
    return Object.fromEntries(members);
  }

  #text(text: string): string {
    const clean = cleanText(text);
    if (clean !== text) this.leftOut = true;
    return clean;
  }

  #gone(text: string): string {
    this.leftOut = true;
    return text;
  }
}

import type { Principal } from './principal.ts';

/** May this principal do this action on this resource, now? */
export interface DecisionRequest {
  principal: Principal;
  /** What is to be done: the route's action, for example `weather:read`, or the HTTP method when none is named. */
  action: string;
  resource: { type: string; id: string; attributes?: Readonly<Record<string, unknown>> };
  /**
   * What whoever asks says of the principal, as attributes beside those that are known. Never in place of one: a role, an
   * organization or a sign-in can't be claimed here.
   */
  principalAttributes?: Readonly<Record<string, unknown>>;
  /** Entity type of a principal that is none of the kinds known here, for example `Robot`. */
  principalEntityType?: string;
  /** Facts about the request and its surroundings: `ip`, `method`, `path`, `time` (ISO 8601), path parameters. */
  context: Readonly<Record<string, unknown>>;
  /** All of these must be among the principal's scopes. */
  requiredScopes?: readonly string[];
  /** At least one of these must be among the principal's roles. */
  requiredRoles?: readonly string[];
  /** Must a policy permit it? Forbidding policies apply either way. */
  policyRequired?: boolean;
  /** Declared open to everyone: nothing has to grant it. Forbidding policies still apply. */
  openToAnyone?: boolean;
}

/** Allow or deny, and why. Deny by default: a decision that cannot be made is a deny. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: DecisionReason;
  /** One sentence that may be shown to the caller. Names what is missing, never what others have. */
  readonly summary: string;
  /** Policies that determined the outcome, by name. */
  readonly policies: readonly string[];
  /** Policies that failed to evaluate, by name, with the engine's words. Operators only. */
  readonly errors: readonly { policy: string; message: string }[];
  /** What has to be done besides, by whoever enforces: the annotations `@obligation` of the determining policies. */
  readonly obligations?: readonly string[];
  /** What it would be if the policies that are only tried out were in force. Absent where there are none. */
  readonly shadow?: { allowed: boolean; reason: DecisionReason; policies: readonly string[] };
  /** What policies asked of relationships, with the answers: the first twenty. Absent where they asked nothing. */
  readonly relationships?: readonly DecidedRelationship[];
  readonly missingScopes?: readonly string[];
  readonly missingRoles?: readonly string[];
  /** Version of the policy set that answered. */
  readonly policyVersion: number;
}

export interface DecidedRelationship {
  readonly object: { readonly type: string; readonly id: string };
  readonly relation: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly holds: boolean;
  /** Version of the relationship model under which it was answered. */
  readonly model?: string;
}

export type DecisionReason =
  | 'allowed'
  | 'missing_scope'
  | 'missing_role'
  | 'forbidden_by_policy'
  | 'no_policy_permits'
  | 'principal_inactive'
  | 'nothing_grants'
  | 'engine_error';

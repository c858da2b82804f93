import type { AccessRecord } from '#audit';
import { CHECK_STEPS } from './beside/check-pipeline.ts';
import { PATH_REFUSALS } from './canonical-path.ts';
import { STEPS } from './pipeline.ts';

/**
 * What each step of the pipeline made of a request, read from its access record: the record says why it ended, and each
 * reason belongs to one step. Whatever stands before that step had nothing against it, whatever stands behind was not asked.
 */
export interface StepOutcome {
  readonly step: string;
  readonly outcome: 'passed' | 'refused' | 'answered' | 'failed' | 'not_reached' | 'unknown';
  /** What is known of it besides. */
  readonly note?: string;
}

/** By step, the reasons it ends a request with. `record` is no step of the array: it follows when all is over. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  accept: ['recording_unavailable', 'changes_unheard', 'loop_detected', 'client_cert_repeated'],
  normalise: Object.keys(PATH_REFUSALS),
  'as sent': ['not_canonical', 'identity_claimed', 'request_overridden'],
  sessions: [
    ...['session_login', 'session_started', 'session_info', 'session_ended'],
    ...['session_state_wrong', 'session_login_late', 'session_login_refused'],
  ],
  match: ['route_not_found', 'method_not_allowed', 'route_unclear', 'route_unavailable', 'resource_metadata'],
  addresses: ['address_denied', 'address_not_allowed', 'address_unknown'],
  cors: ['preflight', 'cors_origin', 'cors_method', 'cors_header'],
  protocols: ['http2_needed', 'web_socket_refused', 'web_socket_origin_refused'],
  authenticate: [
    ...['credential_missing', 'credentials_conflict', 'credential_not_accepted', 'certificate_missing'],
    'certificate_revoked',
    ...['malformed', 'unknown', 'expired', 'revoked', 'quarantined', 'wrong_place', 'wrong_audience', 'wrong_issuer'],
    ...['bad_signature', 'wrong_type', 'wrong_sender', 'dpop_proof_invalid'],
    ...['session_over', 'session_forged', 'session_unavailable'],
  ],
  validate: ['request_invalid', 'operation_not_described', 'content_type_refused', 'content_encoding_refused'],
  authorize: [
    ...['missing_scope', 'missing_role', 'forbidden_by_policy', 'no_policy_permits', 'principal_inactive'],
    ...['nothing_grants', 'engine_error', 'authentication_insufficient', 'environment_refused'],
    'test_upstream_unusable',
  ],
  limit: ['limited', 'plan_unavailable', 'limits_unavailable'],
  'consult engine': ['external_engine_denied', 'external_engine_failed'],
  'validate body': ['request_body_too_large', 'bodies_unheld'],
  mask: ['answer_not_carried'],
  grant: ['identity_respelled'],
  forward: [
    ...['upstream_connect', 'upstream_timeout', 'upstream_reset', 'upstream_bad_response', 'upstream_saturated'],
    ...['upstream_unavailable', 'upstream_token_unavailable', 'upstream_secret_missing', 'answer_withheld'],
    ...['credential_revoked', 'credential_expired', 'route_gone'],
  ],
};

export const STEP_OF_REASON: ReadonlyMap<string, string> = new Map(
  Object.entries(REASONS).flatMap(([step, reasons]) => reasons.map((reason) => [reason, step] as const)),
);

/** These are asked at the paths of a session as well, where no route has been looked for yet. */
const AT_SESSIONS = new Set(['limited', 'session_forged', 'session_unavailable']);

export function stepOutcomes(record: AccessRecord): readonly StepOutcome[] {
  const notes = notesOf(record.notes);
  const end = endOf(record);
  const carried = notes.has('grant') || end === 'grant' || end === 'as sent' || record.reason === 'answer_not_carried';
  const names = (carried ? CHECK_STEPS : STEPS).map(({ name }) => name);
  const endsAt = end === undefined ? -1 : names.indexOf(end);
  const outcomes = names.map((step, place): StepOutcome => {
    const note = notes.get(step) ?? (endsAt === -1 || place <= endsAt ? NOTES[step]?.(record, notes) : undefined);
    const told = note === undefined ? {} : { note };
    if (end === undefined && !record.allowed) return { step, outcome: 'unknown' };
    if (endsAt === -1 || place < endsAt) return { step, outcome: 'passed', ...told };
    if (place > endsAt) return { step, outcome: 'not_reached' };
    return { step, outcome: howItEnded(record, step), note: note ?? words(record.reason) };
  });
  return [...outcomes, { step: 'record', outcome: 'passed', note: inShort(record) }];
}

/** The step that ended it; undefined when it went all the way, or nobody can tell. */
function endOf({ reason, route, notes }: AccessRecord): string | undefined {
  if (AT_SESSIONS.has(reason) && route === undefined) return 'sessions';
  const step = STEP_OF_REASON.get(reason);
  // One reason for what is wrong with the head and with the body. That there is none at all is seen from the head.
  return reason === 'request_invalid' && /refused: body (?!is required)/.test(notes ?? '') ? 'validate body' : step;
}

function howItEnded({ allowed, status }: AccessRecord, step: string): StepOutcome['outcome'] {
  if (step === 'forward') return 'failed';
  return allowed || status < 400 ? 'answered' : 'refused';
}

/** What a record tells of steps that let the request pass. */
const NOTES: Readonly<
  Record<string, (record: AccessRecord, notes: ReadonlyMap<string, string>) => string | undefined>
> = {
  normalise: ({ path }) => path,
  match: ({ route }) => route && `route ${route}`,
  authenticate: ({ credentialType, principalType, principalId, reason }, notes) => {
    const credential = `${notes.has('environment') ? `${notes.get('environment')} ` : ''}${words(credentialType)}`;
    return STEP_OF_REASON.get(reason) === 'authenticate'
      ? `${words(reason)} (${credential})`
      : `${words(principalType)} ${principalId}, by ${credentialType === 'none' ? 'nothing' : credential}`;
  },
  authorize: ({ policies, reason }) => {
    const by = policies.length === 0 ? '' : `by policy ${policies.join(', ')}`;
    return STEP_OF_REASON.get(reason) === 'authorize'
      ? [words(reason), by].filter(Boolean).join(', ')
      : by || undefined;
  },
  forward: ({ upstream, reason }) =>
    STEP_OF_REASON.get(reason) === 'forward'
      ? [words(reason), upstream].filter((text) => text !== undefined).join(', ')
      : upstream,
};

function inShort({ status, bytesIn, bytesOut, durationMicros }: AccessRecord): string {
  return `${status}, ${bytesIn} bytes in, ${bytesOut} out, ${(durationMicros / 1000).toFixed(1)} ms`;
}

const words = (text: string) => text.replaceAll('_', ' ');

/** `validate: passed; mask: /ssn` */
function notesOf(text = ''): ReadonlyMap<string, string> {
  const notes = new Map<string, string>();
  for (const [, step = '', said = ''] of text.matchAll(/(?:^|; )([a-z ]+): (.*?)(?=; [a-z ]+: |$)/g))
    notes.set(step, said);
  return notes;
}

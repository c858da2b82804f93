import type { AccessRecord, AskedRelationship, AskedRequest, Decided, PolicyWalk } from './answers.ts';
import type { DecisionWords } from './words.ts';

export type StageName = keyof DecisionWords['stages'];
export type StageState = keyof DecisionWords['states'];

/** One station on the way from a credential to the upstream. */
export interface Stage {
  name: StageName;
  state: StageState;
  /** A few words. */
  note: string;
}

/** All that is known of one decision: what was asked, how it came out, and what came of it. */
export interface Trace {
  decision?: Decided | undefined;
  request?: AskedRequest | undefined;
  policies: readonly PolicyWalk[];
  relationships: readonly AskedRelationship[];
  record?: AccessRecord | undefined;
  /** What each step of the gateway made of it, where that was looked up. */
  steps?: readonly { step: string; outcome: string }[] | undefined;
  /** Whether the directory knows the principal; undefined where that was not looked at. */
  known?: boolean | undefined;
}

/** The route that took the call, or why none did. */
export function routeText(record: AccessRecord | undefined, notes: DecisionWords['notes']): string {
  return record?.route ?? (record?.reason === 'method_not_allowed' ? notes.noRouteForMethod : notes.noRoute);
}

const ORDER: readonly StageName[] = [
  'credential',
  'principal',
  'scopes',
  'roles',
  'policies',
  'relationships',
  'route',
  'upstream',
];

/** Where each reason stops. What is not listed was refused before anything was decided. */
const STOPS: Readonly<Record<string, StageName>> = {
  principal_inactive: 'principal',
  missing_scope: 'scopes',
  missing_role: 'roles',
  forbidden_by_policy: 'policies',
  no_policy_permits: 'policies',
  nothing_grants: 'policies',
  engine_error: 'policies',
};

export function stagesOf(trace: Trace, words: DecisionWords): Stage[] {
  const { record } = trace;
  const stop = stopOf(trace);
  const end = stop === undefined ? ORDER.length : ORDER.indexOf(stop);
  // A question that was only asked has no route and no upstream.
  return ORDER.filter((name) => record !== undefined || (name !== 'route' && name !== 'upstream')).map((name) => {
    const place = ORDER.indexOf(name);
    const { note, unneeded } = NOTES[name](trace, words);
    if (name === stop) return { name, note, state: 'stopped' };
    if (name === 'relationships' && stop === 'policies' && trace.relationships.length > 0) {
      // Policies ask for them while they are evaluated.
      return { name, note, state: trace.relationships.some(({ holds }) => holds) ? 'passed' : 'stopped' };
    }
    // What was never looked at says nothing, whatever policies would have said.
    if (place > end && name !== 'route' && name !== 'upstream')
      return { name, note: words.states.unreached, state: 'unreached' };
    // The route comes last here and is looked for first: who it refuses without asking was never known.
    const isUnasked = record?.principalId === NOT_KNOWN && name !== 'credential' && name !== 'route';
    if (isUnasked) return { name, note: words.states.unreached, state: 'unreached' };
    if (unneeded) return { name, note, state: 'unneeded' };
    // Which route it was is known before anything is decided.
    if (name === 'route') return { name, note, state: record?.route === undefined ? 'unneeded' : 'passed' };
    return { name, note, state: place < end ? 'passed' : 'unreached' };
  });
}

export function stopOf({ decision, record, steps }: Trace): StageName | undefined {
  if (decision !== undefined && !decision.allowed) return STOPS[decision.reason] ?? 'policies';
  if (record === undefined || (decision === undefined && record.allowed)) return upstreamStop(record);
  if (record.allowed) return upstreamStop(record);
  if (STOPS[record.reason] !== undefined) return STOPS[record.reason];
  const ended = steps?.find(({ outcome }) => outcome === 'refused' || outcome === 'failed')?.step;
  if (ended !== undefined) return STEP_STOPS[ended] ?? 'route';
  return record.route === undefined ? 'route' : 'credential';
}

/** Which station a step of the gateway belongs to. All others, such as limits, are what its route asks for. */
const STEP_STOPS: Readonly<Record<string, StageName>> = {
  sessions: 'credential',
  authenticate: 'credential',
  authorize: 'policies',
  forward: 'upstream',
};

/** As the gateway records who did not get as far as to be asked, or could not prove it. */
const NOT_KNOWN = 'unknown';

/** Allowed, forwarded, and nothing good came back. */
function upstreamStop(record: AccessRecord | undefined): StageName | undefined {
  return record !== undefined && record.status >= 502 && record.status <= 504 ? 'upstream' : undefined;
}

interface Note {
  note: string;
  unneeded?: boolean;
}

const NOTES: Readonly<Record<StageName, (trace: Trace, words: DecisionWords) => Note>> = {
  credential({ request, record }, { notes }) {
    const type = record?.credentialType ?? request?.principal?.credential?.type ?? 'none';
    return type === 'none' ? { note: notes.noCredential, unneeded: true } : { note: type.replaceAll('_', ' ') };
  },
  principal({ request, record, decision }, { notes }) {
    if (decision?.reason === 'principal_inactive') return { note: notes.inactive };
    const id = record?.principalId ?? request?.principal?.id;
    return { note: id === undefined || id === '' ? notes.anonymous : id };
  },
  scopes({ request, decision }, { notes }) {
    const missing = decision?.missingScopes?.length ?? 0;
    if (missing > 0) return { note: notes.scopesMissing(missing) };
    const required = request?.requiredScopes?.length ?? 0;
    return required === 0 ? { note: notes.noScopes, unneeded: true } : { note: notes.scopesHeld(required) };
  },
  roles({ request, decision }, { notes }) {
    if ((decision?.missingRoles?.length ?? 0) > 0) return { note: notes.roleMissing };
    const required = request?.requiredRoles?.length ?? 0;
    return required === 0 ? { note: notes.noRoles, unneeded: true } : { note: notes.roleHeld };
  },
  policies({ decision, record, policies }, { notes }) {
    if (decision?.reason === 'nothing_grants') return { note: notes.nothingGrants };
    if (decision?.reason === 'engine_error') return { note: notes.failed };
    const [first, ...more] = decision?.policies ?? record?.policies ?? [];
    if (first !== undefined) return { note: more.length === 0 ? first : `${first} +${more.length}` };
    if (decision?.reason === 'no_policy_permits' && policies.length > 0) return { note: notes.nonePermits };
    return { note: notes.noPolicies, unneeded: decision?.allowed !== false && policies.length === 0 };
  },
  relationships({ relationships }, { notes }) {
    if (relationships.length === 0) return { note: notes.noRelationships, unneeded: true };
    return { note: notes.relationships(relationships.filter(({ holds }) => holds).length, relationships.length) };
  },
  route({ record }, { notes }) {
    return { note: routeText(record, notes) };
  },
  upstream({ record }, { notes }) {
    if (record?.upstream === undefined) return { note: notes.notForwarded, unneeded: record?.allowed === true };
    return { note: `${record.status} · ${record.upstream}` };
  },
};

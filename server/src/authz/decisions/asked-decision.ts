import type { DecisionRequest, Principal, PrincipalType } from '#base';
import { PRINCIPAL_ENTITY_TYPES } from '../decision-environment.ts';
import { isEntityType } from '../entity-type.ts';
import { decisionsErrors } from '../errors.ts';
import type { KnownPrincipal } from './principal-directory.ts';

/** A question about somebody, by whoever enforces elsewhere: AuthZEN's information model. */
export interface AskedDecision {
  subject: AskedEntity;
  action: { name: string; properties?: Properties | undefined };
  resource: AskedEntity;
  context?: Properties | undefined;
}

export interface AskedEntity {
  type: string;
  id: string;
  properties?: Properties | undefined;
}

export type Properties = Readonly<Record<string, unknown>>;

/** A type of subject, as asked (`user`, `User`, `Robot`): one of the kinds known here, or one of the asker's own. */
export type SubjectType = { kind: PrincipalType; entityType: string } | { kind: undefined; entityType: string };

const KINDS = new Map(
  Object.entries(PRINCIPAL_ENTITY_TYPES).flatMap(([kind, entityType]) => {
    const type: SubjectType = { kind: kind as PrincipalType, entityType };
    return [[kind, type] as const, [entityType, type] as const];
  }),
);
/** The program itself is never asked about; the others stand for something else than who acts. */
const NO_SUBJECTS = new Set(['system', 'System', 'Role', 'Organization', 'Action']);

/** @throws `subject_type_invalid` */
export function readSubjectType(type: string): SubjectType {
  if (NO_SUBJECTS.has(type) || !isEntityType(type)) throw decisionsErrors.subject_type_invalid();
  return KINDS.get(type) ?? { kind: undefined, entityType: type };
}

/**
 * The organization that the asker names for the subject: of somebody in the directory the one he is asked about in, as a
 * session has an active one.
 */
export function askedOrganization({ properties }: { properties?: Properties | undefined }): string | undefined {
  return textOf(properties?.organization);
}

export interface Circumstances {
  tenantId: string;
  /** What the directory knows of the subject. */
  known: KnownPrincipal | undefined;
  /** Milliseconds. Policies see it as `context.time` unless the asker tells a time. */
  now: number;
}

/**
 * The question as policies see it. Who is in the directory has its roles and groups from there, of the organization that
 * was asked for if the person belongs to it, whatever else the asker says; who is not has those that the asker tells. The sign-in (`acr`, `amr`, `auth_time`, `scopes`) is always the
 * asker's to tell: he is the one who saw it. Everything else he tells are attributes.
 * @throws `subject_type_invalid`, `resource_type_invalid`
 */
export function toDecisionRequest(asked: AskedDecision, { tenantId, known, now }: Circumstances): DecisionRequest {
  const { subject, action, resource, context } = asked;
  const type = readSubjectType(subject.type);
  if (!isEntityType(resource.type)) throw decisionsErrors.resource_type_invalid();
  return {
    principal: principalOf(subject, type, tenantId, known),
    ...(subject.properties === undefined ? {} : { principalAttributes: subject.properties }),
    ...(type.kind === undefined ? { principalEntityType: type.entityType } : {}),
    action: action.name,
    resource: { type: resource.type, id: resource.id, attributes: resource.properties ?? {} },
    context: {
      time: new Date(now).toISOString(),
      ...context,
      ...(action.properties === undefined ? {} : { action: action.properties }),
    },
    policyRequired: true,
  };
}

function principalOf(
  { id, properties = {} }: AskedEntity,
  { kind }: SubjectType,
  tenantId: string,
  known: KnownPrincipal | undefined,
): Principal {
  const { acr, auth_time: authTime } = properties;
  const amr = textsIn(properties.amr);
  const roles = known === undefined ? textsIn(properties.roles) : known.roles;
  const groups = known === undefined ? textsIn(properties.groups) : (known.groups ?? []);
  const organization = known === undefined ? askedOrganization({ properties }) : known.organizationId;
  return {
    type: kind ?? 'anonymous',
    id,
    tenantId,
    roles,
    scopes: textsIn(properties.scopes),
    credential: { type: 'none', id: 'none' },
    ...(groups.length === 0 ? {} : { groups }),
    ...(organization === undefined ? {} : { organizationId: organization }),
    ...(typeof acr === 'string' ? { acr } : {}),
    ...(amr.length === 0 ? {} : { amr }),
    ...(typeof authTime === 'number' && Number.isSafeInteger(authTime) ? { authTime } : {}),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A list of texts, or one. Anything else says nothing. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

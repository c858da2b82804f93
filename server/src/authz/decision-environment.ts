import type { DecisionRequest, PrincipalType } from '#base';
import type { EntityFacts } from './cedar/entity-relations.ts';
import type { Environment } from './cedar/environment.ts';
import {
  type AttributeName,
  type CedarRecord,
  Entity,
  type EntityData,
  type EntityStore,
  ownMember,
} from './cedar/values.ts';
import { type AskedFact, RequestFacts, type TenantFacts } from './facts/request-facts.ts';

/** The Cedar entity type of each kind of principal. */
export const PRINCIPAL_ENTITY_TYPES = {
  user: 'User',
  client: 'Client',
  service_account: 'ServiceAccount',
  api_key: 'ApiKey',
  workload: 'Workload',
  anonymous: 'Anonymous',
  system: 'System',
} as const satisfies Record<PrincipalType, string>;

const ROLE = 'Role';
const ORGANIZATION = 'Organization';
const GROUP = 'Group';
const ACTION = 'Action';

/**
 * The request as Cedar sees it. Nothing is parsed from strings on the way: ids are taken as they are, so a path
 * parameter like `x" || User::"root` is an odd id and nothing else, and an object like `{ __entity: … }` is a record.
 */
export class RequestEnvironment implements Environment, EntityStore {
  readonly principal: Entity;
  readonly action: Entity;
  readonly resource: Entity;
  readonly context: CedarRecord;
  readonly entities: EntityStore;
  private readonly tenantFacts: TenantFacts;
  private requestFacts: RequestFacts | undefined;

  constructor(request: DecisionRequest, facts: TenantFacts = NO_FACTS) {
    const { principal, action, resource, context } = request;
    const type = request.principalEntityType ?? PRINCIPAL_ENTITY_TYPES[principal.type];
    this.principal = new Entity(type, principal.id, new PrincipalData(request));
    this.action = new Entity(ACTION, action);
    this.resource = new Entity(resource.type, resource.id, new ResourceData(resource.attributes ?? NOTHING));
    this.context = context;
    this.entities = this;
    this.tenantFacts = facts;
    this.requestFacts = undefined;
  }

  /** Made when a policy first asks. */
  get facts(): EntityFacts {
    this.requestFacts ??= new RequestFacts(this.tenantFacts, this.context);
    return this.requestFacts;
  }

  /** The relationships that were asked about so far, with the answers. */
  askedFacts(): readonly AskedFact[] {
    return this.requestFacts?.asked() ?? NO_ASKED;
  }

  /**
   * The principal comes first: attributes of the resource may come from outside, and must not pass for the principal's
   * when both are the same entity (`GET /users/{own id}`).
   */
  find(type: string, id: string): EntityData | undefined {
    if (id === this.principal.id && type === this.principal.type) return this.principal.data;
    if (id === this.resource.id && type === this.resource.type) return this.resource.data;
    return undefined;
  }
}

const NO_ASKED: readonly AskedFact[] = Object.freeze([]);
/** No type has relationships: the attribute is reserved all the same. */
const NO_FACTS: TenantFacts = { relationsOf: () => undefined, check: () => ({ allowed: false, stepsLeft: 0 }) };
const NOTHING: CedarRecord = Object.freeze({});
const NO_IDS: readonly string[] = Object.freeze([]);

class PrincipalData implements EntityData {
  readonly tags = NOTHING;
  private readonly request: DecisionRequest;

  constructor(request: DecisionRequest) {
    this.request = request;
  }

  /** What is known goes before what is claimed, also where it is known to be absent. */
  attribute(asked: AttributeName): unknown {
    const { principal, principalEntityType, principalAttributes } = this.request;
    switch (asked.name) {
      case 'id':
        return principal.id;
      case 'type':
        return principalEntityType ?? principal.type;
      case 'roles':
        return principal.roles;
      case 'scopes':
        return principal.scopes;
      case 'organization':
        return principal.organizationId;
      case 'acr':
        return principal.acr;
      case 'amr':
        return principal.amr;
      case 'authTime':
        return principal.authTime;
      case 'environment':
        // Where the credential is not ours to see (AuthZEN) it is the asker's to tell, as all that is not known here.
        return principal.credential.environment ?? claimed(principalAttributes, asked);
      default:
        return claimed(principalAttributes, asked);
    }
  }

  isDescendantOf(type: string, id: string): boolean {
    const { principal } = this.request;
    if (type === ROLE) return principal.roles.includes(id);
    if (type === GROUP) return principal.groups?.includes(id) ?? false;
    return type === ORGANIZATION && principal.organizationId === id;
  }

  ancestorIds(type: string): readonly string[] {
    const { roles, groups, organizationId } = this.request.principal;
    if (type === ROLE) return roles;
    if (type === GROUP) return groups ?? NO_IDS;
    return type === ORGANIZATION && organizationId !== undefined ? [organizationId] : NO_IDS;
  }
}

function claimed(attributes: CedarRecord | undefined, asked: AttributeName): unknown {
  return attributes === undefined ? undefined : ownMember(attributes, asked);
}

class ResourceData implements EntityData {
  readonly tags = NOTHING;
  private readonly attributes: CedarRecord;

  constructor(attributes: CedarRecord) {
    this.attributes = attributes;
  }

  attribute(name: AttributeName): unknown {
    return ownMember(this.attributes, name);
  }

  isDescendantOf(): boolean {
    return false;
  }

  ancestorIds(): readonly string[] {
    return NO_IDS;
  }
}

import {
  DEFAULT_POLICY,
  DEFAULT_POLICY_NAME,
  FACTORS,
  type Factor,
  type SignInPolicySpec,
} from './sign-in-policy-kind.ts';

/** Of a person, what policies go by. */
export interface PolicySubject {
  tenantId: string;
  /** From the tenant, from groups and in any organization: nobody is weaker for having chosen another one. */
  rolesAnywhere: readonly string[];
}

/** What holds for one person: all policies that are for them, the strictest of each. */
export interface EffectivePolicy {
  factors: ReadonlySet<Factor>;
  secondFactorRequired: boolean;
  idleMs: number;
  absoluteMs: number;
  /** 0: devices are not remembered. */
  rememberDeviceMs: number;
  /** How long somebody may act for this person at most, and whether they are told. */
  impersonation: { minutesMax: number; tell: boolean };
}

export interface SignInPolicies<Subject extends PolicySubject = PolicySubject> {
  of(user: Subject): EffectivePolicy;
  /** Of the whole tenant, before anyone is known. */
  tenant(tenantId: string): SignInPolicySpec;
}

export interface PolicySources<Subject extends PolicySubject> {
  /** The policies as they are now: a `ResourceSnapshot` of the kind. */
  policies: {
    get(tenantId: string, name: string): { readonly spec: SignInPolicySpec } | undefined;
    all(tenantId: string): readonly { readonly name: string; readonly spec: SignInPolicySpec }[];
  };
  /** May this person change anything in the Admin API? */
  isAdministrator(user: Subject): boolean;
  /** Names of the organizations this person belongs to. */
  organizationsOf(user: Subject): readonly string[];
}

/**
 * An organization can ask for more than the tenant does, never for less: of everything that is for a person the
 * strictest holds. So nobody gets around the tenant's policy by belonging somewhere, and belonging to several
 * organizations needs no order among them.
 */
export function signInPolicies<Subject extends PolicySubject>(
  sources: PolicySources<Subject>,
): SignInPolicies<Subject> {
  const tenant = (tenantId: string) => sources.policies.get(tenantId, DEFAULT_POLICY_NAME)?.spec ?? DEFAULT_POLICY;
  return {
    tenant,
    of(user) {
      const organizations = sources.organizationsOf(user);
      const forOrganizations =
        organizations.length === 0
          ? []
          : sources.policies
              .all(user.tenantId)
              .filter(({ spec }) => spec.organizations.some((name) => organizations.includes(name)))
              .map(({ spec }) => spec);
      const specs = [tenant(user.tenantId), ...forOrganizations];
      const administrator = sources.isAdministrator(user);
      const common = FACTORS.filter((factor) => specs.every(({ factors }) => factors.includes(factor)));
      return {
        // A mailbox alone must not open what many depend on: it is where the password is reset as well.
        factors: new Set(common.filter((factor) => factor !== 'email' || !administrator)),
        secondFactorRequired: specs.some((spec) => requiresSecondFactor(spec, user, administrator)),
        idleMs: Math.min(...specs.map(({ session }) => session.idleSeconds)) * 1000,
        absoluteMs: Math.min(...specs.map(({ session }) => session.absoluteSeconds)) * 1000,
        rememberDeviceMs: Math.min(...specs.map(({ rememberedDevices }) => rememberedDevices.days)) * DAY_MS,
        impersonation: {
          minutesMax: Math.min(...specs.map(({ impersonation }) => impersonation.minutesMax)),
          tell: specs.some(({ impersonation }) => impersonation.tell),
        },
      };
    },
  };
}

const DAY_MS = 24 * 3_600_000;

function requiresSecondFactor(
  { secondFactor }: SignInPolicySpec,
  user: PolicySubject,
  administrator: boolean,
): boolean {
  const { required, roles } = secondFactor;
  return (
    required === 'everyone' ||
    (required === 'administrators' && administrator) ||
    roles.some((role) => user.rolesAnywhere.includes(role))
  );
}

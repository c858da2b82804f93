import { type Conflict, defineKind } from '#resources';
import {
  authorizationServerSchema,
  checkTrustedIssuer,
  trustedIssuerSchema,
} from './assertions/trusted-issuer-schema.ts';
import { apiSchema, checkApi, sharedAudiences } from './clients/api-schema.ts';
import { checkClient, clientSchema } from './clients/client-schema.ts';
import { checkOwnHosts } from './clients/own-host.ts';
import { IDENTITY_SCOPES } from './clients/scope.ts';
import { securityProfileSchema } from './profiles/security-profile-schema.ts';
import { clientRegistrationPolicySchema } from './registration/registration-policy.ts';
import { signingPolicySchema } from './tokens/signing-policy-schema.ts';

export const apiKind = defineKind({
  kind: 'api',
  plural: 'apis',
  idKind: 'api',
  description: 'An API that access tokens are for: its audience, its scopes, and how long its tokens live.',
  schema: apiSchema,
  check: checkApi,
  references: ({ engine }) => (engine === undefined ? [] : [{ kind: 'external_engine', name: engine, path: 'engine' }]),
  // Another issuer's word for scopes, roles and organizations: whoever names one can have any of them.
  grants: ({ issuers = [] }) => (issuers.length > 0 ? ['*'] : []),
  conflicts: sharedAudiences,
});

export const trustedIssuerKind = defineKind({
  kind: 'trusted_issuer',
  plural: 'trusted_issuers',
  idKind: 'trustedIssuer',
  description: 'Another issuer whose assertions about people are exchanged for tokens here.',
  schema: trustedIssuerSchema,
  check: checkTrustedIssuer,
  // It says who people are: whoever declares one can become anybody.
  grants: () => ['*'],
  references: ({ clients = [] }) => clients.map((name, index) => ({ kind: 'client', name, path: `clients.${index}` })),
  conflicts: (issuers) => sharedIssuers(issuers),
});

export const securityProfileKind = defineKind({
  kind: 'security_profile',
  plural: 'security_profiles',
  idKind: 'securityProfile',
  description: 'How strictly all clients of the tenant are served. There is one, named "default".',
  schema: securityProfileSchema,
  singleton: true,
  // What it allows, it allows every client.
  grants: () => ['*'],
});

export const signingPolicyKind = defineKind({
  kind: 'signing_policy',
  plural: 'signing_policies',
  idKind: 'signingPolicy',
  description: 'By which algorithms the tenant signs its tokens. There is one, named "default".',
  schema: signingPolicySchema,
  singleton: true,
  // It changes what every API and client must verify.
  grants: () => ['*'],
});

export const authorizationServerKind = defineKind({
  kind: 'authorization_server',
  plural: 'authorization_servers',
  idKind: 'authorizationServer',
  description: 'Another authorization server that takes our identity assertions, and which clients may get them.',
  schema: authorizationServerSchema,
  references: ({ clients }) =>
    clients.map(({ client }, index) => ({ kind: 'client', name: client, path: `clients.${index}.client` })),
  conflicts: (servers) => sharedIssuers(servers),
});

/** An issuer is looked up by its address: with two of one address, which one counts would be chance. */
function sharedIssuers(declared: readonly { name: string; spec: { issuer: string } }[]): Conflict[] {
  const first = new Map<string, string>();
  return declared.flatMap(({ name, spec: { issuer } }) => {
    const other = first.get(issuer);
    if (other === undefined) first.set(issuer, name);
    return other === undefined
      ? []
      : [{ first: other, second: name, path: 'issuer', message: `is the issuer of "${other}" already` }];
  });
}

export const clientRegistrationPolicyKind = defineKind({
  kind: 'client_registration_policy',
  plural: 'client_registration_policies',
  idKind: 'clientRegistrationPolicy',
  description: 'What clients may be that register themselves, or that are described at their own address.',
  schema: clientRegistrationPolicySchema,
  references: ({ apis, plan }) => [
    ...apis.map((name, index) => ({ kind: 'api', name, path: `apis.${index}` })),
    ...(plan === undefined ? [] : [{ kind: 'plan', name: plan, path: 'plan' }]),
  ],
});

export const clientKind = defineKind({
  kind: 'client',
  plural: 'clients',
  idKind: 'client',
  description: 'An application that asks for tokens. Its client_id is its name.',
  schema: clientSchema,
  check: checkClient,
  // It gets tokens of whoever follows a link to it, administrators among them, and nobody is asked: where the codes go
  // is for those to say who hold everything.
  grants: ({ firstParty }) => (firstParty === true ? ['*'] : []),
  ownedBy: ({ organization }) => organization,
  fitsOwner: checkOwnHosts,
  // Those of sign-in open nothing: what is told of a person is theirs to agree to.
  scopes: ({ scopes }) => scopes.filter((scope) => !IDENTITY_SCOPES.has(scope)),
  references: (spec) => [
    ...(spec.organization === undefined
      ? []
      : [{ kind: 'organization', name: spec.organization, path: 'organization' }]),
    ...spec.apis.map((name, index) => ({ kind: 'api', name, path: `apis.${index}` })),
    ...(spec.resourceServerFor ?? []).map((name, index) => ({ kind: 'api', name, path: `resourceServerFor.${index}` })),
    ...(spec.plan === undefined ? [] : [{ kind: 'plan', name: spec.plan, path: 'plan' }]),
  ],
});

import {
  demandDeclaredPlan,
  demandOfferedPlan,
  keyPolicyKind,
  planKind,
  usesOfKeyOrganizations,
  usesOfKeyPlaces,
  usesOfKeyRoles,
} from '#apikeys';
import {
  decisionLogKind,
  externalEngineKind,
  factSourceKind,
  policyKind,
  policySchemaKind,
  policyTestKind,
  settlePolicies,
} from '#authz';
import { organizationKind, roleKind, userSchemaKind } from '#directory';
import {
  apiDocumentKind,
  browserSessionKind,
  routeKind,
  settleHashParameters,
  settleTokenTargets,
  settleUpstreamSecrets,
  upstreamKind,
} from '#gateway';
import { mailTemplateKind } from '#mail';
import {
  apiKind,
  authorizationServerKind,
  clientKind,
  clientRegistrationPolicyKind,
  securityProfileKind,
  signingPolicyKind,
  trustedIssuerKind,
} from '#oauth';
import { alsoUsed, authorizedBy, type Kinds, kindRegistry, type Settle, settledBy, warnedBy } from '#resources';
import { brandingKind, registrationPolicyKind, signInPolicyKind } from '#signin';
import { WARNING_CHECKS } from '#warnings';
import { settleWebhooks, webhookKind } from '#webhooks';
import { eventCatalogue } from './event-types.ts';

const settleTokens = settleTokenTargets(apiKind);
const settleUpstreams: Settle = async (tx, input) => {
  await settleUpstreamSecrets(tx, input);
  await settleTokens(tx, input);
  await settleHashParameters(tx, input);
};
const settleRoutes: Settle = async (tx, input) => {
  await settleTokens(tx, input);
  await settleHashParameters(tx, input);
};

/** What webhooks can tell of. */
export const EVENTS = eventCatalogue(() => KINDS);

/** In the order of an export: what others refer to comes first. */
export const KINDS: Kinds = kindRegistry(
  [
    alsoUsed(roleKind, usesOfKeyRoles),
    alsoUsed(organizationKind, usesOfKeyOrganizations),
    signInPolicyKind,
    userSchemaKind,
    planKind,
    keyPolicyKind,
    settledBy(alsoUsed(apiKind, usesOfKeyPlaces('apis')), settleTokens),
    apiDocumentKind,
    externalEngineKind,
    factSourceKind,
    decisionLogKind,
    settledBy(policySchemaKind, settlePolicies),
    settledBy(policyTestKind, settlePolicies),
    settledBy(policyKind, settlePolicies),
    authorizedBy(clientKind, demandDeclaredPlan),
    securityProfileKind,
    signingPolicyKind,
    trustedIssuerKind,
    authorizationServerKind,
    authorizedBy(clientRegistrationPolicyKind, demandOfferedPlan),
    mailTemplateKind,
    registrationPolicyKind,
    settledBy(upstreamKind, settleUpstreams),
    browserSessionKind,
    settledBy(alsoUsed(routeKind, usesOfKeyPlaces('routes')), settleRoutes),
    brandingKind,
    settledBy(webhookKind, settleWebhooks(EVENTS.types)),
  ].map((kind) => warnedBy<unknown>(kind, WARNING_CHECKS)),
);

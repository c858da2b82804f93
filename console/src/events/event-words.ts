/**
 * What the types of audit events are called. The code stays beside it wherever it stands: people search by it, and webhooks
 * and policies name it. That none is forgotten is held by server/src/event-types.test.ts.
 */
export interface EventWords {
  /** What is declared: each can be created, changed and deleted. */
  kinds: Readonly<Record<string, string>>;
  /** What it may happen to, besides. */
  things: Readonly<Record<string, string>>;
  deeds: Readonly<Record<'created' | 'updated' | 'deleted', string>>;
  /** Whatever else happens. */
  own: Readonly<Record<string, string>>;
  /** Patterns, as webhooks have them: `*`, and `user.*`. */
  all: string;
  allOfOneKind: string;
}

export const en: EventWords = {
  kinds: {
    api: 'API',
    api_document: 'API description',
    authorization_server: 'Other authorization server',
    branding: 'Branding',
    browser_session: 'Browser session',
    client: 'Client',
    client_registration_policy: 'Rules for clients that register themselves',
    decision_log: 'Decision log settings',
    external_engine: 'External engine',
    fact_source: 'Source of facts',
    key_policy: 'Rules for API keys',
    mail_template: 'Mail template',
    organization: 'Organization',
    plan: 'Plan',
    policy: 'Policy',
    policy_schema: 'Policy schema',
    policy_test: 'Policy test',
    registration_policy: 'Registration rules',
    role: 'Role',
    route: 'Route',
    security_profile: 'Security profile',
    sign_in_policy: 'Sign-in policy',
    signing_policy: 'Signatures of tokens',
    trusted_issuer: 'Trusted issuer',
    upstream: 'Upstream',
    user_schema: 'Attributes of people',
    webhook: 'Webhook',
  },
  things: {
    access_log: 'Access log',
    access_token: 'Access token',
    api_key: 'API key',
    client_secret: 'Client secret',
    database: 'Database',
    gateway_session: 'Session at the gateway',
    grant: 'Grant',
    group: 'Group',
    initial_access_token: 'Registration token',
    invitation: 'Invitation',
    link: 'Link',
    mail: 'Mail',
    network: 'Network',
    quota: 'Quota',
    refresh_token: 'Refresh token',
    relation_store: 'Relationship store',
    request_encryption_key: 'Key for encrypted requests',
    service_account: 'Service account',
    session: 'Session',
    signing_key: 'Signing key',
    user: 'Person',
    user_import: 'Import',
  },
  deeds: { created: 'created', updated: 'changed', deleted: 'deleted' },
  own: {
    'access_log.dropped': 'Access records were lost',
    'api_key.breached': 'API key: response to a breach',
    'api_key.issued': 'API key issued',
    'api_key.leaked': 'API key reported as leaked',
    'api_key.quarantined': 'API key set aside',
    'api_key.released': 'API key taken back into use',
    'api_key.reminded': 'Reminded of an API key',
    'api_key.revoked': 'API key revoked',
    'api_key.rotated': 'API key rotated',
    'api_key.rotation_offered': 'Rotation of an API key offered',
    'api_key.updated': 'API key changed',
    'approval_code.removed': 'Approval code removed',
    'approval_code.set': 'Approval code set',
    'authorization_code.issued': 'Authorization code issued',
    'authorization_code.replayed': 'Authorization code used a second time',
    'backup.created': 'Backup made',
    'client.registered': 'Client registered itself',
    'client.unregistered': 'Client removed itself',
    'client_secret.issued': 'Client secret issued',
    'client_secret.revoked': 'Client secret revoked',
    'consent.denied': 'Consent denied',
    'consent.granted': 'Consent given',
    'consent.withdrawn': 'Consent withdrawn',
    'first_administrator_link.consumed': 'First administrator signed up',
    'first_administrator_link.created': 'Link for the first administrator made',
    'gateway_session.ended': 'Session at the gateway ended',
    'gateway_session.started': 'Session at the gateway began',
    'group.created': 'Group created',
    'group.deleted': 'Group deleted',
    'group.member_added': 'Member added to a group',
    'group.member_removed': 'Member removed from a group',
    'group.updated': 'Group changed',
    'impersonation.requested': 'Asked to act for somebody',
    'impersonation.started': 'Began to act for somebody',
    'initial_access_token.issued': 'Registration token issued',
    'initial_access_token.revoked': 'Registration token revoked',
    'invitation.accepted': 'Invitation accepted',
    'invitation.created': 'Invitation made',
    'invitation.resent': 'Invitation sent once more',
    'invitation.revoked': 'Invitation revoked',
    'logout.undeliverable': 'An application could not be told of a sign-out',
    'mail.given_up': 'Mail could not be delivered',
    'mail.suppressed': 'Mail was held back',
    'membership.added': 'Became a member',
    'membership.changed': 'Membership changed',
    'membership.removed': 'Membership ended',
    'quota.threshold_reached': 'Quota nearly used, or used up',
    'refresh_token.reused': 'Refresh token used a second time',
    'relation_assertions.written': 'Assertions of a relationship model written',
    'relation_model.written': 'Relationship model written',
    'relation_store.created': 'Relationship store created',
    'relation_store.deleted': 'Relationship store deleted',
    'relation_tuples.written': 'Relationships changed',
    'request_encryption_key.replaced': 'Key for encrypted requests replaced',
    'service_account.created': 'Service account created',
    'service_account.deleted': 'Service account deleted',
    'service_account.disabled': 'Service account suspended',
    'service_account.enabled': 'Service account active again',
    'service_account.updated': 'Service account changed',
    'session.ended': 'Session ended',
    'session.organization_chosen': 'Organization chosen in a session',
    'sign_in.attack_suspected': 'Attack on sign-ins suspected',
    'signing_key.activated': 'Signing key signs',
    'signing_key.announced': 'Signing key announced',
    'signing_key.erased': 'Signing key erased',
    'signing_key.retired': 'Signing key signs no more',
    'token.issued': 'Token issued',
    'token.revoked': 'Token revoked',
    'upstream_secret.removed': 'Secret of an upstream removed',
    'upstream_secret.set': 'Secret of an upstream set',
    'user.created': 'Person created',
    'user.deleted': 'Person deleted',
    'user.devices_forgotten': 'Remembered devices forgotten',
    'user.disabled': 'Person suspended',
    'user.email_change_undone': 'Change of e-mail address undone',
    'user.email_changed': 'E-mail address changed',
    'user.email_verified': 'E-mail address verified',
    'user.enabled': 'Person active again',
    'user.factor_added': 'Factor added',
    'user.factor_removed': 'Factor removed',
    'user.imported': 'Person imported',
    'user.impossible_travel': 'Impossible travel noticed',
    'user.new_device': 'Signed in on a new device',
    'user.passkey_copied': 'A passkey seems to have been copied',
    'user.passkey_renamed': 'Passkey renamed',
    'user.password_recovered': 'Password recovered',
    'user.password_set': 'Password set',
    'user.recovery_codes_replaced': 'Recovery codes replaced',
    'user.recovery_link_issued': 'Recovery link issued',
    'user.roles_changed': 'Roles changed',
    'user.sign_in_failed': 'Sign-in failed',
    'user.signed_in': 'Signed in',
    'user.updated': 'Person changed',
    'webhook.disabled': 'Webhook disabled',
    'webhook.enabled': 'Webhook enabled',
    'webhook.secret_issued': 'Secret of a webhook issued',
    'webhook.tested': 'Webhook tested',
  },
  all: 'Everything',
  allOfOneKind: 'All of this kind',
};

/** The type in words; undefined for one that this page has never heard of: a newer server may know more. */
export function describeEvent(words: EventWords, type: string): string | undefined {
  if (type === '*') return words.all;
  const [thing = '', deed = '', ...more] = type.split('.');
  if (deed === '*') return words.allOfOneKind;
  const own = said(words.own, type);
  if (own !== undefined || more.length > 0) return own;
  const [kind, done] = [said(words.kinds, thing), said(words.deeds, deed)];
  return kind === undefined || done === undefined ? undefined : `${kind} ${done}`;
}

/** What something happened to: `API key`, where the code says `api_key`. */
export const describeThing = (words: EventWords, type: string): string =>
  said(words.things, type) ?? said(words.kinds, type) ?? type.replaceAll('_', ' ');

const said = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** Every type that there are words for, by name. */
export const describedEvents = ({ kinds, deeds, own }: EventWords): string[] =>
  [
    ...Object.keys(kinds).flatMap((kind) => Object.keys(deeds).map((deed) => `${kind}.${deed}`)),
    ...Object.keys(own),
  ].sort();

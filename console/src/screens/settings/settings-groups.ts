/** By what they are about. Kinds with a screen of their own are not among them. */
export const GROUPS = {
  signIn: ['sign_in_policies', 'registration_policies', 'user_schemas'],
  look: ['brandings', 'mail_templates'],
  oauth: [
    'security_profiles',
    'signing_policies',
    'client_registration_policies',
    'trusted_issuers',
    'authorization_servers',
  ],
  rules: ['key_policies', 'external_engines', 'fact_sources', 'decision_logs'],
} as const satisfies Record<string, readonly string[]>;

/** There is one in a tenant, or none, and it is named "default". */
export const SINGLE: ReadonlySet<string> = new Set([
  'registration_policies',
  'user_schemas',
  'brandings',
  'security_profiles',
  'signing_policies',
  'key_policies',
  'decision_logs',
]);

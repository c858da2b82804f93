import { kindsAtTheGateway } from './kinds-at-the-gateway.ts';

/** One resource of every kind, with something in most of their fields. */
export function everyKind(upstreamUrl: string): string {
  return `kind: role
name: key-keeper
spec:
  description: Issues and ends API keys.
  permissions: [keys:read, keys:write]
---
kind: organization
name: acme
spec:
  displayName: Acme Corporation, Zürich
---
kind: branding
name: default
spec:
  productName: Acme & Söhne
  logo:
    svg: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 32"><path d="M4 4h112v24H4z" fill="#7a1fa2"/></svg>'
  colours:
    accent: "#7a1fa2"
  links:
    terms: https://acme.example.com/terms
    support: mailto:help@acme.example.com
  templates:
    legal: |
      {% if language == "de" %}<p>{{ product_name }} GmbH, Zürich</p>{% else %}<p>{{ product_name }} Ltd, Zürich</p>{% endif %}
---
kind: sign_in_policy
name: acme
spec:
  description: At Acme everybody uses a second factor.
  organizations: [acme]
  factors: [password, passkey, totp, recovery_code]
  secondFactor:
    required: everyone
    roles: [key-keeper]
  session:
    idleSeconds: 3600
    absoluteSeconds: 43200
  rememberedDevices:
    days: 7
  impersonation:
    minutesMax: 15
    tell: false
  breachedPasswords:
    rangeUrl: https://breached.example.com/range
---
kind: user_schema
name: default
spec:
  attributes:
    department:
      type: string
      description: Where they work.
      enum: [sales, lab]
    level:
      type: integer
      minimum: 1
    teams:
      type: array
      maxItems: 5
  required: [department]
---
kind: key_policy
name: default
spec:
  retireUnusedAfterDays: 365
  rotateEveryDays: 90
  pickUp: { daysBefore: 10, overlapDays: 3 }
  leaked: quarantine
  secretScanning: {}
---
kind: plan
name: plenty
spec:
  description: Never in the way of a test.
  limits:
    - requests: 1000000
      perSeconds: 1
    - requests: 10000000
      perSeconds: 3600
      burst: 5000000
---
kind: decision_log
name: default
spec:
  allowed: 0.5
  denied: 1
  keepDays: 7
---
kind: external_engine
name: central-opa
spec:
  description: The rules of the whole company.
  url: https://opa.example.com
  path: gatehouse/allow
  networks: [10.20.0.0/16]
  timeoutMilliseconds: 500
  cacheSeconds: 5
---
kind: fact_source
name: documents
spec:
  description: Who may edit what.
  store: 01J00000000000000000000000
  model: 01J00000000000000000000001
  types:
    Shop::Document: document
    User: user
---
kind: policy_schema
name: default
spec:
  cedar: |
    entity Client, User, ApiKey = { scopes: Set<String> };
    entity Thing;
    action "things:read" appliesTo { principal: [ApiKey, Client, User], resource: [Thing] };
---
kind: policy_test
name: things
spec:
  tests:
    - name: Whoever has the scope reads any thing.
      principal:
        type: api_key
        id: key_1
        scopes: [things:read]
      action: things:read
      resource:
        type: Thing
        id: "1"
      expect: allow
---
kind: policy
name: thing-readers
spec:
  description: Whoever was given the scope may read any thing.
  cedar: |
    // Kept as it is written, comments and blank lines included.

    permit (principal, action == Action::"things:read", resource is Thing)
    when { principal.scopes.contains("things:read") };
---
kind: client
name: reporter
spec:
  displayName: Reporter
  type: confidential
  grants: [client_credentials]
  scopes: [things:read]
  apis: [things]
  plan: plenty
---
kind: client
name: acme--nightly
spec:
  displayName: Acme's nightly report
  type: confidential
  organization: acme
  grants: [client_credentials]
  scopes: [things:read]
  apis: [things]
---
kind: client
name: web
spec:
  displayName: Web
  type: confidential
  grants: [authorization_code, refresh_token]
  redirectUris: [https://web.example.com/callback]
  postLogoutRedirectUris: [https://web.example.com/bye]
  scopes: [openid, profile, email, offline_access, things:read]
  apis: [things]
---
kind: authorization_server
name: partner
spec:
  description: The partner's own.
  issuer: https://as.partner.example.com
  clients:
    - client: reporter
      clientId: acme-reporter
      scopes: [orders:read]
  includeEmail: true
---
kind: trusted_issuer
name: staff
spec:
  description: The identity provider of the staff.
  issuer: https://idp.example.com
  jwksUri: https://idp.example.com/jwks.json
  accepts: [jwt_bearer, id_jag]
  audiences: [things]
  clients: [reporter]
  claims:
    groups: "staff-*"
  subject:
    mapping: email
    claim: email
  scopes: [things:read]
---
kind: signing_policy
name: default
spec:
  idTokens: PS256
  accessTokens: ES384
---
kind: security_profile
name: default
spec:
  profile: oauth2.1
---
kind: registration_policy
name: default
spec:
  mode: open
  allowedDomains: [example.com, example.org]
---
kind: client_registration_policy
name: agents
spec:
  description: Agents that register themselves.
  open: true
  metadataDocuments: true
  documentHosts: ["*.example.com"]
  grants: [authorization_code, refresh_token]
  confidential: false
  scopes: [things:read]
  scopeCeiling: policy
  apis: [things]
  redirectHosts: [localhost, agent.example.com]
---
kind: mail_template
name: recovery-in-french
spec:
  description: As our customers are spoken to.
  template: password_recovery
  locale: fr
  subject: Votre mot de passe
  text: |
    Bonjour {{ name }},

    {{ link }} ({{ minutes }} minutes)
  html: <p>Bonjour {{ name }}, <a href="{{ link }}">{{ minutes }} minutes</a></p>
---
${kindsAtTheGateway(upstreamUrl)}`;
}

/** What the gateway goes by: upstreams, APIs and their documents, routes, sessions in browsers, and who is told of what. */
export function kindsAtTheGateway(upstreamUrl: string): string {
  return `kind: upstream
name: orders
spec:
  description: Two of them, behind one name.
  targets:
    - { url: http://10.0.0.1:8080/base, weight: 2 }
    - { url: http://10.0.0.2:8080/base }
  balance: round_robin
  secrets:
    - name: orders-key
      header: { name: authorization, prefix: "Bearer " }
    - { name: in-address, query: appid }
  health: { path: /healthz, intervalSeconds: 5 }
  timeouts: { totalSeconds: 60 }
---
kind: api
name: parcels
spec:
  audience: https://parcels.example.com
  engine: central-opa
  accessTokenTtlSeconds: 300
  scopes:
    parcels:read: Read parcels
---
kind: api
name: things
spec:
  description: "Things: with a colon, and a 'quote'."
  audience: https://things.example.com
  accessTokenTtlSeconds: 600
  scopes:
    things:read: Read things
    things:write: Change things
  servedAt: ["${new URL(upstreamUrl).origin}"]
  issuers:
    - issuer: https://login.partner.example
      types: [JWT]
      scopes: { allowed: [things:read] }
      roles: { claim: realm_access.roles, values: { clerk: key-keeper } }
---
# No route is of this one: nobody answers for its engine.
kind: api
name: judged-elsewhere
spec:
  audience: https://elsewhere.example.com
  engine: central-opa
---
kind: api_document
name: things
spec:
  description: What a thing is.
  api: things
  prefix: /described
  listed: true
  document:
    openapi: 3.1.0
    info: { title: Things, version: "1" }
    paths:
      /{id}:
        parameters:
          - { name: id, in: path, required: true, schema: { type: integer } }
        get:
          summary: One thing
          responses:
            "200": { description: The thing }
---
kind: browser_session
name: things
spec:
  origin: https://things.example.com
  path: /signed/in
  client: web
  api: things
  scopes: [openid, things:read]
  idleSeconds: 600
  absoluteSeconds: 36000
  landing: /things
---
kind: route
name: thing
spec:
  description: One thing.
  match:
    path: /things/{id}
    methods: [GET, POST]
  api: things
  authenticate: [api_key, access_token, session]
  session: things
  apiKey: { header: apikey, query: api_key, basic: true }
  authorize:
    scopes: [things:read]
    environments: [test, live]
    policies: required
    action: things:read
    resource:
      type: Thing
      id: "{id}"
  upstream:
    url: ${upstreamUrl}
    test:
      url: ${upstreamUrl}
    path: /{id}
    timeoutSeconds: 10
    accessToken: { scopes: [things:read] }
  securityHeaders: true
  addresses:
    allow: [0.0.0.0/0, "::/0"]
    deny: [198.51.100.0/24]
---
kind: route
name: things-open
spec:
  match:
    path: /open/{rest*}
    methods: [GET, POST]
  authenticate: [anonymous]
  upstream:
    url: ${upstreamUrl}
  cors:
    origins: [https://app.example.com, "https://*.example.org"]
    headers: [X-Custom]
    maxAgeSeconds: 60
---
kind: route
name: things-described
spec:
  match:
    path: /described/{id}
    methods: [GET]
  api: things
  authorize:
    scopes: [things:read]
  openapi:
    document: things
    validate: report
    bodyBytesMax: 4096
  mask:
    groups:
      - name: price
        fields: [/price, "/**/cost"]
        as: "null"
        unless: { scopes: [things:write], policies: required, action: things:read }
  upstream:
    url: ${upstreamUrl}
---
kind: route
name: things-versioned
spec:
  match:
    path: /versioned/{rest*}
    methods: [GET]
    headers:
      x-version: "2"
    query:
      verbose: true
  authenticate: [anonymous]
  upstream:
    url: ${upstreamUrl}
---
kind: webhook
name: acme--widget
spec:
  description: Tells Acme's widget what becomes of its keys.
  organization: acme
  url: https://hooks.acme.example.com/gatehouse
  events: [api_key.*, quota.threshold_reached]
  keyTags: [app-widget]
  details: true
  contactEmail: ops@acme.example.com
  paused: true
`;
}

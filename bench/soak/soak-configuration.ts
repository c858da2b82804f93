/** Routes and limits that mean the same in every version, however they are changed between two of them. */
export function soakConfiguration(urls: readonly string[], version: number): string {
  const targets = urls.map((url, index) => `{ url: "${url}", weight: ${1 + ((version + index) % 3)} }`).join(', ');
  return `kind: upstream
name: soak
spec:
  description: Version ${version}
  targets: [${targets}]
  balance: ${version % 2 === 0 ? 'least_loaded' : 'round_robin'}
  retries: { most: 3, budget: 1 }
  ejection: { failures: 3, seconds: 0.2 }
---
kind: route
name: soak
spec:
  description: Version ${version}
  match: { path: "/soak/{rest*}", methods: [GET, POST] }
  authorize: { scopes: [soak:read] }
  limits:
    - { requests: 10000000, perSeconds: 60, window: sliding, by: organization }
    - { concurrent: 1000, by: route }
  upstream: { name: soak }
---
kind: route
name: soak-denied
spec:
  match: { path: /denied, methods: [GET] }
  authorize: { scopes: [soak:write] }
  upstream: { name: soak }
---
kind: route
name: soak-quota
spec:
  match: { path: /quota, methods: [GET] }
  authorize: { scopes: [soak:read] }
  limit: { requests: 200, per: month, by: route }
  upstream: { name: soak }
---
kind: route
name: extra-${version % 2}
spec:
  match: { path: "/extra/${version}", methods: [GET] }
  authorize: { scopes: [soak:read] }
  upstream: { name: soak }
`;
}

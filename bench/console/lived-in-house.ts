/** A house as it looks after some weeks: people, companies, keys and calls, of which some are refused. */
import { startEchoUpstream } from '../../server/test/echo-upstream.ts';
import { type FurnishedHouse, furnish } from '../../server/test/furnished-house.ts';
import type { Program } from '../../server/test/running-program.ts';

const PEOPLE = [
  'Grace Hopper',
  'Edsger Dijkstra',
  'Barbara Liskov',
  'Radia Perlman',
  'Hedwig Eleonore Freifrau von Müller-Lüdenscheidt zu Sachsen',
  'Ken Thompson',
  'Frances Allen',
  'Tony Hoare',
  'Margaret Hamilton',
  'Niklaus Wirth',
] as const;

const COMPANIES = [
  ['globex', 'Globex'],
  ['wetterdienst-zuerich', 'Wetterdienst Zürich'],
  ['northwind-traders-international', 'Northwind Traders International (Holding) GmbH & Co. KG'],
] as const;

const GATEWAY = (upstream: string) => `kind: api
name: weather
spec:
  description: What the weather is and will be.
  audience: https://weather.example.com
  scopes:
    weather:read: Read the weather of any city
    weather:write: Correct a reading
---
kind: plan
name: partner
spec:
  description: What partners agreed to.
  limits:
    - { requests: 10, perSeconds: 1 }
    - { requests: 100000, perSeconds: 86400 }
---
kind: role
name: forecaster
spec:
  description: Reads the weather, and corrects it.
  inOrganizations: true
  permissions: [weather:read, weather:write]
---
kind: route
name: weather
spec:
  description: The weather of a city.
  match: { path: '/weather/{city}', methods: [GET] }
  api: weather
  authenticate: [api_key, access_token]
  authorize: { scopes: ['weather:read'] }
  upstream: { url: '${upstream}' }
---
kind: route
name: weather-corrections
spec:
  description: Corrections of readings, by those who may.
  match: { path: '/weather/{city}/corrections', methods: [POST, PUT] }
  api: weather
  authenticate: [api_key]
  authorize: { scopes: ['weather:write'] }
  upstream: { url: '${upstream}' }
---
kind: client
name: weather-dashboard
spec:
  displayName: Weather Dashboard
  type: public
  grants: [authorization_code, refresh_token]
  redirectUris: [https://dashboard.example.com/callback]
  scopes: [openid, profile, email, weather:read]
  apis: [weather]
---
kind: policy
name: corrections-by-day
spec:
  description: Readings are corrected by forecasters alone.
  cedar: |
    permit (principal, action == Action::"things:read", resource is Thing)
    when { principal.scopes.contains("weather:write") };
`;

/** The rest of it comes back with `close`. */
export async function moveIn(program: Program): Promise<FurnishedHouse & { close(): Promise<void> }> {
  const upstream = await startEchoUpstream();
  const house = await furnish(program);
  await program.admin('POST', '/apply', GATEWAY(upstream.url));
  for (const [name, displayName] of COMPANIES) {
    await program.admin('PUT', `/organizations/${name}`, { spec: { displayName } });
  }
  for (const [index, name] of PEOPLE.entries()) {
    const email = `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@example.com`;
    const organization = COMPANIES[index % COMPANIES.length]?.[0];
    const { id } = await program.admin('POST', '/users', { name, email, ...(index < 6 ? { organization } : {}) });
    if (index < 6) await program.admin('PUT', `/organizations/${organization}/members/${id}`, {});
    if (index === 3) await program.admin('POST', `/users/${id}/disable`);
  }
  await program.admin('POST', '/invitations', { email: 'donald@example.com' });
  await keysAndCalls(program);
  return { ...house, close: () => upstream.close() };
}

async function keysAndCalls(program: Program): Promise<void> {
  const all = ['weather:read', 'weather:write'];
  const report = await program.issueKey({ name: 'Nightly report', scopes: ['weather:read'], plan: 'partner' });
  const widget = await program.issueKey({ name: 'Widget of Globex', scopes: all, organization: 'globex' });
  const laptop = await program.issueKey({
    name: 'Laptop, for trying things out',
    scopes: [],
    expiresInSeconds: 5 * 86_400,
  });
  const old = await program.issueKey({ name: 'Old import', scopes: ['weather:read'] });
  await program.admin('POST', `/keys/${old.id}/revoke`, { reason: 'Replaced by the nightly report' });
  const own = { organization: 'acme', scopes: ['weather:read'], tags: ['app-weather-widget'] };
  const app = await program.issueKey({ ...own, name: 'Weather widget', environment: 'test' });
  await program.issueKey({ ...own, name: 'Weather widget, on the web site' });
  const calls: readonly (readonly [key: string | undefined, method: string, path: string, times: number])[] = [
    [report.key, 'GET', '/weather/zurich', 25],
    [widget.key, 'GET', '/weather/bern', 9],
    [widget.key, 'POST', '/weather/bern/corrections', 3],
    [report.key, 'POST', '/weather/zurich/corrections', 4],
    [laptop.key, 'GET', '/weather/oslo', 3],
    [old.key, 'GET', '/weather/oslo', 2],
    [app.key, 'GET', '/weather/lima', 4],
    [app.key, 'POST', '/weather/lima/corrections', 1],
    [undefined, 'GET', '/weather/tokyo', 3],
    [report.key, 'GET', '/nowhere/at/all', 2],
  ];
  const call = ([key, method, path]: (typeof calls)[number]) =>
    fetch(`${program.gatewayUrl}${path}`, { method, headers: key === undefined ? {} : { 'x-api-key': key } });
  const [first] = calls;
  if (first !== undefined) await program.until(async () => (await call(first)).ok, 'the gateway knows the key');
  for (const each of calls) {
    for (let time = 0; time < each[3]; time += 1) await (await call(each)).arrayBuffer();
  }
}

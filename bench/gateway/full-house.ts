import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type GatehouseInstance, startGatehouseInstance } from '../measure/gatehouse-instance.ts';

const ROUTES_AT_ONCE = 500;
const KEYS_AT_ONCE = 50_000;

export interface FullHouse {
  gatehouse: GatehouseInstance;
  /** Until it is ready with all of them. */
  startSeconds: number;
}

/**
 * A Gatehouse that knows many keys and routes beside those that `setUp` makes, started anew with all of them. Routes come
 * by `apply`; keys of nobody's, of which only hashes are known, straight into its table: issuing a million, with an audit
 * event each, takes an hour.
 */
export async function startFullHouse<Made>(
  folder: string,
  core: number,
  { keys, routes, setUp }: { keys: number; routes: number; setUp: (gatehouse: GatehouseInstance) => Promise<Made> },
): Promise<FullHouse & { made: Made }> {
  const filled = await startGatehouseInstance(folder, core);
  let made: Made;
  try {
    made = await setUp(filled);
    for (let from = 0; from < routes; from += ROUTES_AT_ONCE)
      await filled.apply(manyRoutes(from, Math.min(routes, from + ROUTES_AT_ONCE)));
    await addKeys(join(folder, 'gatehouse-data'), keys);
  } finally {
    await filled.stop();
  }
  const begun = performance.now();
  const gatehouse = await startGatehouseInstance(folder, core);
  return { gatehouse, made, startSeconds: (performance.now() - begun) / 1000 };
}

function manyRoutes(from: number, to: number): string {
  const routes = Array.from(
    { length: to - from },
    (_, index) => `kind: route
name: service-${from + index}
spec:
  match: {path: '/service-${from + index}/items/{id}', methods: [GET]}
  api: weather
  authorize: {scopes: ['weather:read'], policies: required, action: 'weather:read', resource: {type: City, id: '{id}'}}
  limit: {requests: 1000, perSeconds: 60}
  upstream: {url: 'http://127.0.0.1:9000', path: '/{id}'}
`,
  );
  return routes.join('---\n');
}

/** As the database's owner, whom the socket knows by the system's user. */
async function addKeys(dataFolder: string, count: number): Promise<void> {
  const host = realpathSync(join(dataFolder, 'postgres'));
  const client = new pg.Client({ host, user: 'gatehouse', database: 'gatehouse' });
  await client.connect();
  try {
    for (let from = 1; from <= count; from += KEYS_AT_ONCE)
      await client.query(
        `insert into api_keys (tenant_id, id, hash, display_prefix, last4, name, environment, scopes, roles, created_at, created_by)
         select own.tenant_id, 'key_' || lpad(n::text, 26, '0'),
           substr(translate(encode(sha256(('key ' || n)::bytea), 'base64'), '+/=', '-_'), 1, 43),
           own.display_prefix, right(md5(n::text), 4), 'key number ' || n, 'live', array['weather:read'], array[]::text[],
           own.created_at, own.created_by
         from (select * from api_keys limit 1) own, generate_series($1::int, $2::int) n`,
        [from, Math.min(count, from + KEYS_AT_ONCE - 1)],
      );
  } finally {
    await client.end();
  }
}

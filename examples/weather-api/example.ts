import { once } from 'node:events';
import type { StartExample } from '../../scripts/example-setting.ts';
import { createWeatherServer } from './weather-api.ts';

const DAY_SECONDS = 86_400;

/** The service as it is, and three keys: of somebody who pays, of somebody who does not, and of whoever reads the bill. */
export const start: StartExample = async ({ issuer, gatewayUrl, admin, port }) => {
  const server = createWeatherServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const keyOf = async (name: string, more: { plan?: string; scopes?: string[]; roles?: string[] }) => {
    const { data } = await admin.post('/api/v1/keys', { body: { name, expiresInSeconds: DAY_SECONDS, ...more } });
    return data;
  };
  const free = await keyOf('tourist', { plan: 'demo', scopes: ['weather:read'] });
  const paid = await keyOf('airline', { plan: 'paid', scopes: ['weather:read'] });
  const bills = await keyOf('billing', { roles: ['viewer'] });
  return {
    welcome: `
The weather API is behind the gateway at ${gatewayUrl}/weather. Paste these into another terminal:

  # no key: 401
  curl -i ${gatewayUrl}/weather/tokyo

  # a key: 200, and what is left of its plan
  curl -i -H 'X-API-Key: ${free.key}' ${gatewayUrl}/weather/tokyo

  # twenty at once: its plan has ten, the rest are told when to come back (429)
  for i in $(seq 20); do curl -s -o /dev/null -w '%{http_code} ' -H 'X-API-Key: ${free.key}' ${gatewayUrl}/weather/oslo; done; echo

  # the same with a key of the other plan: all 200
  for i in $(seq 20); do curl -s -o /dev/null -w '%{http_code} ' -H 'X-API-Key: ${paid.key}' ${gatewayUrl}/weather/oslo; done; echo

  # what each key did, a second later
  curl -s -H 'Authorization: Bearer ${bills.key}' '${issuer}/api/v1/keys/${free.id}/usage?by=route'; echo
  curl -s -H 'Authorization: Bearer ${bills.key}' '${issuer}/api/v1/keys/${paid.id}/usage?by=route'; echo`,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
};

/** What `npm start` does: Gatehouse in front of the weather API, and lines to paste that show what it does. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load, processOf, untilStopped } from '../server/src/local-commands.ts';
import { startGatehouse } from '../server/src/main.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const example = join(root, 'examples/weather-api');
const WEATHER_URL = 'http://localhost:7900';
/** The example's credentials are made anew at each start: nothing that was printed once stays good for long. */
const CREDENTIAL_LIFETIME_SECONDS = 24 * 3600;

interface Credential {
  id: string;
  text: string;
}

const { values } = parseArgs({
  options: { config: { type: 'string', short: 'c' }, 'data-folder': { type: 'string' } },
});
const startedAt = performance.now();
const { config, 'data-folder': dataFolder } = values;
const configuration = load({
  ...(config === undefined ? {} : { config }),
  ...(dataFolder === undefined ? {} : { dataFolder }),
});
const weather = await startWeather();
// What a first look prints should be for people; whoever configures a level gets the log.
const quiet = configuration.file === undefined && process.env.GATEHOUSE_LOG_LEVEL === undefined;
const settings = quiet ? { ...configuration, log: { level: 'warn' as const } } : configuration;
const gatehouse = await startGatehouse(processOf(settings)).catch((error: unknown) => {
  weather.kill();
  throw error;
});
const readyMilliseconds = Math.round(performance.now() - startedAt);
const credentials = await setUpExample();
process.stdout.write(welcome(credentials));
await untilStopped();
weather.kill();
await gatehouse.close();

async function startWeather() {
  const child = fork(join(example, 'weather-api.ts'), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const ended = once(child, 'exit').then(() => {
    throw new Error('the weather API did not start; is something else listening on port 7900?');
  });
  await Promise.race([once(child.stdout ?? child, 'data'), ended]);
  ended.catch(() => undefined);
  return child;
}

/** Through the Admin API, as anybody would: apply the example's resources, then issue credentials. */
async function setUpExample() {
  const { token } = JSON.parse(readFileSync(join(configuration.dataFolder, 'local-admin.json'), 'utf8'));
  const call = async (
    method: string,
    path: string,
    body?: string,
    type = 'application/json',
  ): Promise<Record<string, unknown>> => {
    const response = await fetch(`${gatehouse.controlUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
  await call('POST', '/apply', await readFile(join(example, 'gatehouse.yaml'), 'utf8'), 'application/yaml');
  await endEarlierCredentials(call);
  const key = async (name: string, scopes: string[]): Promise<Credential> => {
    const issued = await call(
      'POST',
      '/keys',
      JSON.stringify({ name, scopes, plan: 'demo', expiresInSeconds: CREDENTIAL_LIFETIME_SECONDS }),
    );
    return { id: String(issued.id), text: String(issued.key) };
  };
  const secret = await call(
    'POST',
    '/clients/weather-reporter/secrets',
    JSON.stringify({ expiresInSeconds: CREDENTIAL_LIFETIME_SECONDS }),
  );
  return {
    reader: await key('npm-start-reader', ['weather:read']),
    stranger: await key('npm-start-without-scope', []),
    burster: await key('npm-start-burst', ['weather:read']),
    clientSecret: String(secret.secret),
  };
}

async function endEarlierCredentials(
  call: (method: string, path: string, body?: string) => Promise<Record<string, unknown>>,
) {
  const { items } = (await call('GET', '/keys?limit=500')) as {
    items: { id: string; name: string; revokedAt: number | null }[];
  };
  for (const { id, name, revokedAt } of items) {
    if (name.startsWith('npm-start-') && revokedAt === null)
      await call('POST', `/keys/${id}/revoke`, JSON.stringify({ reason: 'npm start made a new one' }));
  }
  const secrets = (await call('GET', '/clients/weather-reporter/secrets')) as { items: { id: string }[] };
  for (const { id } of secrets.items) await call('DELETE', `/clients/weather-reporter/secrets/${id}`);
}

function welcome({ reader, stranger, burster, clientSecret }: Awaited<ReturnType<typeof setUpExample>>): string {
  const { issuer, gatewayUrl, administratorLink } = gatehouse;
  const weatherUrl = `${gatewayUrl}/weather`;
  const custom = dataFolder === undefined ? '' : ` --data-folder ${dataFolder}`;
  const link =
    administratorLink === undefined
      ? ''
      : `\n  Become the first administrator (once, within a day):\n    ${administratorLink}\n`;
  return `
Gatehouse is ready (${readyMilliseconds} ms)

  console      ${issuer}/console
  issuer       ${issuer}
  gateway      ${gatewayUrl}
  weather API  ${WEATHER_URL}  (has no authentication of its own; call it through the gateway)
${link}
Paste these into another terminal, in this folder:

  # no credential: 401
  curl -i ${weatherUrl}/tokyo

  # an API key: 200
  curl -i -H 'X-API-Key: ${reader.text}' ${weatherUrl}/tokyo

  # a key without the scope: 403
  curl -i -H 'X-API-Key: ${stranger.text}' ${weatherUrl}/tokyo

  # a burst: 429 from the eleventh call on
  for i in $(seq 15); do curl -s -o /dev/null -w '%{http_code} ' -H 'X-API-Key: ${burster.text}' ${weatherUrl}/oslo; done; echo

  # a client's access token: 200
  TOKEN=$(curl -s -u 'weather-reporter:${clientSecret}' -d grant_type=client_credentials ${issuer}/oauth/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl -i -H "Authorization: Bearer $TOKEN" ${weatherUrl}/paris

  # revoke the key, and use it again: 401 at once
  npx gatehouse keys revoke ${reader.id}${custom}
  curl -i -H 'X-API-Key: ${reader.text}' ${weatherUrl}/tokyo

  # what happened, and why
  npx gatehouse audit access${custom}

Stop with Ctrl-C.
`;
}

/** Who sends no credential is told which kinds this route takes, and of none that it would refuse. */
import { expect, test } from 'vitest';
import { head, openFixture, route, seen, weatherRoute } from './gateway.fixture.ts';

test.each([
  [{ authenticate: ['access_token'] }, 'an access token as `Authorization: Bearer`'],
  [{ authenticate: ['api_key'] }, 'an API key in X-API-Key'],
  [
    { authenticate: ['api_key', 'access_token'] },
    'an API key in X-API-Key, or an access token as `Authorization: Bearer`',
  ],
  [{ authenticate: ['api_key'], apiKey: { header: 'apikey' } }, 'an API key in X-API-Key, or the API key in `apikey`'],
  [
    { authenticate: ['access_token', 'client_certificate'] },
    'an access token as `Authorization: Bearer`, or a client certificate with the connection',
  ],
])('%j', async (spec, ways) => {
  const { gateway } = openFixture({ routes: [route('weather', { ...weatherRoute.spec, ...spec })] });
  const { problem } = seen(await gateway.handler(head('/weather/paris')));
  expect(problem).toMatchObject({ code: 'credential_missing', detail: `A credential is required. Send ${ways}.` });
});

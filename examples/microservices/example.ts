import type { StartExample } from '../../scripts/example-setting.ts';
import { SERVICE_NAMES, SERVICES, type ServiceName } from './services.ts';
import { startService } from './start-service.ts';

export const start: StartExample = async ({ issuer, gatewayUrl, admin, port, addPerson }) => {
  const addressOf = (name: ServiceName) => `http://localhost:${port + SERVICE_NAMES.indexOf(name)}`;
  const secretOf = async (name: ServiceName) => {
    const isCalling = Object.values(SERVICES[name].operations).some((calls) => calls.length > 0);
    if (!isCalling) return undefined;
    return (await admin.post('/api/v1/clients/{name}/secrets', { params: { name }, body: {} })).data.secret;
  };
  const servers = await Promise.all(
    SERVICE_NAMES.map(async (name) =>
      startService({ issuer, name, addressOf, gatewayUrl, secret: await secretOf(name) }),
    ),
  );
  const { email, password } = await addPerson({ email: 'grace@example.com', name: 'Grace' });
  const scopes =
    'openid shop:browse shop:buy catalog:read price:read discount:read stock:read stock:reserve order:place payment:charge risk:read parcel:book address:read';
  return {
    welcome: `
Ten services of a shop are behind the gateway at ${gatewayUrl}, on the ports ${port} to ${port + 9}.

In another terminal, as ${email} with the password ${password}
(the browser opens):

  TOKEN=$(node examples/cli-login/login.ts --issuer ${issuer} --client-id shop --scope '${scopes}' --token)
  curl -s -H "Authorization: Bearer $TOKEN" ${gatewayUrl}/shop/buy

Every service says for whom it was called, by whom, and with which scopes.`,
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
};

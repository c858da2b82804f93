import { once } from 'node:events';
import type { StartExample } from '../../scripts/example-setting.ts';
import { usersServer } from './users-server.ts';

export const start: StartExample = async ({ issuer, admin, port }) => {
  const url = `http://localhost:${port}`;
  const server = usersServer({ issuer, audience: url }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const secretOf = async (name: string) => {
    const { data } = await admin.post('/api/v1/clients/{name}/secrets', { params: { name }, body: {} });
    return data.secret;
  };
  const tokenOf = async (client: string) =>
    `$(curl -s -u '${client}:${await secretOf(client)}' -d grant_type=client_credentials ${issuer}/oauth/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;
  return {
    welcome: `
The users API is at ${url}. Paste these into another terminal:

  # no token: 401
  curl -i ${url}/users

  # a service that may look people up: 200, and 403 when it adds one
  READER=${await tokenOf('newsletter')}
  curl -i -H "Authorization: Bearer $READER" ${url}/users
  curl -i -H "Authorization: Bearer $READER" -H 'Content-Type: application/json' -d '{"name":"Alan Turing","email":"alan@example.com"}' ${url}/users

  # one that may write: 201, then 204
  WRITER=${await tokenOf('back-office')}
  curl -i -H "Authorization: Bearer $WRITER" -H 'Content-Type: application/json' -d '{"name":"Alan Turing","email":"alan@example.com"}' ${url}/users
  curl -i -H "Authorization: Bearer $WRITER" -X DELETE ${url}/users/3`,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
};

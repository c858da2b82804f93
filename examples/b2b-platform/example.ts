import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { StartExample } from '../../scripts/example-setting.ts';
import { shipmentsServer } from './shipments-server.ts';

/** Makes the database, people in two companies, a key for the administrator of one, and starts the API. */
export const start: StartExample = async ({ issuer, admin, port, addPerson, createDatabase }) => {
  const url = `http://localhost:${port}`;
  const database = await createDatabase(
    'freight',
    readFileSync(new URL('schema.sql', import.meta.url), 'utf8'),
    'freight',
  );
  const pool = new pg.Pool({ ...database, max: 5 });

  const join = async (organization: string, role: string, email: string, name: string) => {
    const person = await addPerson({ email, name });
    const params = { name: organization, userId: person.id };
    await admin.put('/api/v1/organizations/{name}/members/{userId}', { params, body: { roles: [role] } });
    return person;
  };
  const people = [
    await join('northwind', 'dispatcher', 'dirk@northwind.example', 'Dirk'),
    await join('northwind', 'auditor', 'nora@northwind.example', 'Nora'),
    await join('contoso', 'dispatcher', 'carl@contoso.example', 'Carl'),
  ];
  const { data: boss } = await admin.post('/api/v1/keys', {
    body: { name: 'northwind-boss', organization: 'northwind', roles: ['partner-admin'] },
  });

  const server = shipmentsServer({ issuer, audience: url, pool }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    welcome: `
The freight platform is at ${url}. Dirk plans for Northwind, Nora reads there; Carl plans for Contoso.

${people.map(({ email, password }) => `  ${email} with the password ${password}`).join('\n')}

In another terminal, as one of them (the browser opens):

  TOKEN=$(node examples/cli-login/login.ts --issuer ${issuer} --client-id platform --scope 'openid shipments:read shipments:write' --token)
  curl -i -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"goods":"Tea","destination":"Oslo"}' ${url}/shipments
  curl -i -H "Authorization: Bearer $TOKEN" ${url}/shipments

Northwind's administrator runs Northwind, and sees nothing else:

  BOSS=${boss.key}
  curl -s -H "Authorization: Bearer $BOSS" ${issuer}/api/v1/organizations/northwind/members
  curl -s -H "Authorization: Bearer $BOSS" ${issuer}/api/v1/organizations/contoso/members`,
    async close() {
      server.closeAllConnections();
      server.close();
      await pool.end();
    },
  };
};

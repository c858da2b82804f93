import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { StartExample } from '../../scripts/example-setting.ts';
import { documentsServer } from './documents-server.ts';
import { openRelations } from './relations.ts';

/** Makes the store and its model, three people, a group of two of them, and starts the API. */
export const start: StartExample = async ({ issuer, admin, port, addPerson }) => {
  const url = `http://localhost:${port}`;
  const ask = async (path: string, options: object) =>
    (await (await admin.raw('post', path, options)).json()) as Record<string, string>;
  const { id: storeId } = await ask('/stores', { body: { name: 'documents' } });
  const body = readFileSync(new URL('model.fga', import.meta.url), 'utf8');
  await ask(`/stores/${storeId}/authorization-models`, { body, contentType: 'text/plain' });
  const { data: issued } = await admin.post('/api/v1/keys', { body: { name: 'documents', roles: ['documents-api'] } });
  const relations = openRelations({ storeUrl: `${issuer}/stores/${storeId}`, apiKey: issued.key });

  const olga = await addPerson({ email: 'olga@example.com', name: 'Olga' });
  const anne = await addPerson({ email: 'anne@example.com', name: 'Anne' });
  const nils = await addPerson({ email: 'nils@example.com', name: 'Nils' });
  const engineering = 'group:engineering';
  await relations.write([
    { user: `user:${olga.id}`, relation: 'member', object: engineering },
    { user: `user:${anne.id}`, relation: 'member', object: engineering },
  ]);

  const server = documentsServer({ issuer, audience: url, relations }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const logIn = `node examples/cli-login/login.ts --issuer ${issuer} --client-id documents-cli --scope 'openid documents' --token`;
  return {
    welcome: `
The documents API is at ${url}. Olga and Anne are in the group engineering; Nils is not.

${[olga, anne, nils].map(({ email, password }) => `  ${email} with the password ${password}`).join('\n')}

In another terminal, as Olga (the browser opens; sign in as her):

  OLGA=$(${logIn})
  curl -s -H "Authorization: Bearer $OLGA" -H 'Content-Type: application/json' -d '{"title":"Plans"}' ${url}/folders
  curl -s -H "Authorization: Bearer $OLGA" -H 'Content-Type: application/json' -d '{"title":"Roadmap","folder":"<id of the folder>"}' ${url}/documents
  curl -i -H "Authorization: Bearer $OLGA" -X PUT ${url}/folders/<id of the folder>/shares/viewer/group:engineering%23member

Then as Anne, in a private window: she sees the roadmap in ${url}/documents. Nils sees an empty list.`,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
};

import { defineKind } from '#resources';
import { apiSchema, checkApi, sharedAudiences } from './clients/api-schema.ts';
import { checkClient, clientSchema } from './clients/client-schema.ts';

export const apiKind = defineKind({
  kind: 'api',
  plural: 'apis',
  idKind: 'api',
  description: 'An API that access tokens are for: its audience, its scopes, and how long its tokens live.',
  schema: apiSchema,
  check: checkApi,
  conflicts: sharedAudiences,
});

export const clientKind = defineKind({
  kind: 'client',
  plural: 'clients',
  idKind: 'client',
  description: 'An application that asks for tokens. Its client_id is its name.',
  schema: clientSchema,
  check: checkClient,
  // It gets tokens of whoever follows a link to it, administrators among them, and nobody is asked: where the codes go
  // is for those to say who hold everything.
  grants: ({ firstParty }) => (firstParty === true ? ['*'] : []),
  references: (spec) => [
    ...spec.apis.map((name, index) => ({ kind: 'api', name, path: `apis.${index}` })),
    ...(spec.plan === undefined ? [] : [{ kind: 'plan', name: spec.plan, path: 'plan' }]),
  ],
});

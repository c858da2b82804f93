import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { clientKind } from '#oauth';
import { temporaryFolder } from '#testing';
import { addClientOptions, CLIENT_OPTIONS, readClientOptions } from './client-options.ts';

/** `type` is said by --public; a document's address is set when it first comes. */
const SAID_OTHERWISE = ['type', 'metadataDocument'];

test('every field of a client can be said on the command line', () => {
  const { properties = {} } = z.toJSONSchema(clientKind.schema, { io: 'input', unrepresentable: 'any' });
  const fields = Object.keys(properties).filter((field) => !SAID_OTHERWISE.includes(field));
  expect(CLIENT_OPTIONS.map(({ field }) => field).sort()).toEqual(fields.sort());
});

const read = (...args: string[]) => {
  const command = addClientOptions(new Command().exitOverride());
  return readClientOptions(command.parse(args, { from: 'user' }).opts());
};

describe('options become fields', () => {
  test.each<[string[], object]>([
    [[], {}],
    [['--grant', 'authorization_code', 'refresh_token'], { grants: ['authorization_code', 'refresh_token'] }],
    [['--first-party', '--pushed-requests-only'], { firstParty: true, pushedRequestsOnly: true }],
    [['--nonce-instead-of-pkce'], { requirePkce: false }],
    [
      ['--post-logout-redirect-uri', 'https://a.example/bye', '--post-logout-redirect-uri', 'https://b.example/bye'],
      { postLogoutRedirectUris: ['https://a.example/bye', 'https://b.example/bye'] },
    ],
    [['--id-token-signing-alg', 'EdDSA'], { idTokenSigningAlg: 'EdDSA' }],
    [['--request-objects', '{"required":true}'], { requestObjects: { required: true } }],
  ])('%j', (args, fields) => {
    expect(read(...args)).toEqual(fields);
  });

  test('a structure may be in a file', async () => {
    const file = join(await temporaryFolder(), 'keys.json');
    writeFileSync(file, '{"keys":[]}');
    expect(read('--jwks', `@${file}`)).toEqual({ jwks: { keys: [] } });
  });

  test.each(['{"keys":', '@/nowhere/keys.json'])('refused: --jwks %s', (text) => {
    expect(() => read('--jwks', text)).toThrow(/--jwks takes JSON, or @ and the file/);
  });
});

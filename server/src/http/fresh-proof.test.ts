import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { DEFAULT_TENANT_ID, type Principal } from '#base';
import { demandFreshProof } from './access.ts';

const NOW = 1_800_000_000_000;
const SECONDS = NOW / 1000;

function ask(principal: Partial<Principal>) {
  const headers: Record<string, string> = {};
  const caller = {
    principal: {
      type: 'user',
      id: 'usr_1',
      tenantId: DEFAULT_TENANT_ID,
      roles: [],
      scopes: [],
      credential: { type: 'access_token', id: 'jti' },
      ...principal,
    },
  };
  const reply = { header: (name: string, value: string) => Object.assign(headers, { [name]: value }) };
  const work = () => demandFreshProof({ caller } as unknown as FastifyRequest, reply as unknown as FastifyReply, NOW);
  return { work, headers };
}

test.each<[string, Partial<Principal>]>([
  ['two factors a minute ago', { acr: 'aal2', authTime: SECONDS - 60 }],
  ['a passkey ten minutes ago', { acr: 'phr', authTime: SECONDS - 600 }],
  ['an API key of a person', { credential: { type: 'api_key', id: 'key_1' } }],
  ['a program with a token', { type: 'client' }],
])('%s will do', (_, principal) => expect(ask(principal).work).not.toThrow());

test.each<[string, Partial<Principal>]>([
  ['a password alone', { acr: 'aal1', authTime: SECONDS }],
  ['two factors an hour ago', { acr: 'aal2', authTime: SECONDS - 3600 }],
  ['a second too long ago', { acr: 'aal2', authTime: SECONDS - 601 }],
  ['a token that says nothing of it', {}],
  ['a strength that nobody declared', { acr: 'aal9', authTime: SECONDS }],
])('%s will not: 401 with what to ask for (RFC 9470)', (_, principal) => {
  const { work, headers } = ask(principal);
  expect(work).toThrow(expect.objectContaining({ code: 'fresh_proof_required' }));
  expect(headers['www-authenticate']).toBe(
    'Bearer realm="gatehouse", error="insufficient_user_authentication", acr_values="aal2", max_age="600"',
  );
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import { readMetadata } from './metadata.ts';

afterEach(() => vi.unstubAllGlobals());

const good = (issuer: string) => ({ issuer, authorization_endpoint: `${issuer}/a`, token_endpoint: `${issuer}/t` });

/** Issuers by what they answer at which address; elsewhere 404. */
function serve(documents: Record<string, unknown>): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    const document = documents[url];
    if (document instanceof Error) throw document;
    if (document instanceof Response) return document;
    return document === undefined ? new Response('no', { status: 404 }) : Response.json(document);
  });
  return asked;
}

describe('metadata', () => {
  test.each([
    ['OpenID Connect', 'https://id.example.com', 'https://id.example.com/.well-known/openid-configuration'],
    [
      'OpenID Connect, with a path',
      'https://x.example/realms/a',
      'https://x.example/realms/a/.well-known/openid-configuration',
    ],
    ['OAuth alone', 'https://as.example', 'https://as.example/.well-known/oauth-authorization-server'],
    [
      'OAuth alone, with a path',
      'https://as.example/t/a',
      'https://as.example/.well-known/oauth-authorization-server/t/a',
    ],
    ['a slash at the end', 'https://a.example/', 'https://a.example/.well-known/openid-configuration'],
  ])('of an issuer: %s', async (_, issuer, place) => {
    serve({ [place]: good(issuer) });
    expect(await readMetadata(issuer)).toEqual(good(issuer));
  });

  const ISSUER = 'https://id.example.com';
  const PLACE = `${ISSUER}/.well-known/openid-configuration`;
  test.each([
    ['another issuer', good('https://evil.example'), 'metadata_invalid'],
    ['no issuer', { ...good(ISSUER), issuer: undefined }, 'metadata_invalid'],
    ['no token endpoint', { ...good(ISSUER), token_endpoint: undefined }, 'metadata_invalid'],
    ['nothing', undefined, 'metadata_invalid'],
    ['no JSON', new Response('<h1>Welcome to the hotel</h1>'), 'metadata_invalid'],
    ['null', new Response('null'), 'metadata_invalid'],
    ['a script for an address', { ...good(ISSUER), authorization_endpoint: 'javascript:alert(1)' }, 'metadata_invalid'],
    ['a script for another', { ...good(ISSUER), end_session_endpoint: 'javascript:alert(1)' }, 'metadata_invalid'],
    ['plain http for tokens', { ...good(ISSUER), token_endpoint: 'http://id.example.com/t' }, 'metadata_invalid'],
    ['an address that is none', { ...good(ISSUER), revocation_endpoint: 7 }, 'metadata_invalid'],
    ['a failure', new Response('later', { status: 503 }), 'server_error'],
    ['no connection', new TypeError('fetch failed'), 'network_error'],
  ])('that says %s is refused', async (_, document, code) => {
    serve({ [PLACE]: document });
    await expect(readMetadata(ISSUER)).rejects.toMatchObject({ name: 'AuthError', code });
  });
});

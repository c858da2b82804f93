/** @auth/core, what next-auth and its siblings are made of, with a generic OpenID Connect provider. */
import { createServer } from 'node:http';
import { Auth } from '@auth/core';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;
const origin = `http://localhost:${PORT}`;
const config = {
  secret: 'a long and random text for the session cookie',
  trustHost: true,
  basePath: '/auth',
  providers: [
    {
      id: 'gatehouse',
      name: 'Gatehouse',
      type: 'oidc',
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      checks: ['pkce', 'state', 'nonce'],
    },
  ],
};

/** Its sign-in wants a POST with a CSRF token; this is the button that a page would have. */
const BUTTON = (csrf) =>
  `<form method="post" action="/auth/signin/gatehouse"><input type="hidden" name="csrfToken" value="${csrf}"></form><script>document.forms[0].submit()</script>`;

async function answer(request, body) {
  const url = new URL(request.url, origin);
  const headers = new Headers(Object.entries(request.headers).filter(([, value]) => typeof value === 'string'));
  const ask = (path, init = {}) => Auth(new Request(new URL(path, origin), { headers, ...init }), config);
  if (url.pathname === '/me') {
    const session = await (await ask('/auth/session')).json();
    if (session !== null) return Response.json(session);
    const csrf = await ask('/auth/csrf');
    const page = new Response(BUTTON((await csrf.json()).csrfToken), { headers: { 'content-type': 'text/html' } });
    for (const cookie of csrf.headers.getSetCookie()) page.headers.append('set-cookie', cookie);
    page.headers.append('set-cookie', `authjs.callback-url=${encodeURIComponent(`${origin}/me`)}; Path=/`);
    return page;
  }
  return ask(url, request.method === 'POST' ? { method: 'POST', body } : {});
}

createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const result = await answer(request, Buffer.concat(parts));
  response.statusCode = result.status;
  for (const [name, value] of result.headers) if (name !== 'set-cookie') response.setHeader(name, value);
  response.setHeader('set-cookie', result.headers.getSetCookie());
  response.end(Buffer.from(await result.arrayBuffer()));
}).listen(Number(PORT), () => console.log('listening'));

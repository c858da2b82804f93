import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { OutboxMail } from '#mail';
import { type Html, html } from '#signin';
import { httpErrors } from '../errors.ts';

export interface OutboxRoutesDeps {
  issuer: string;
  tenantId: string;
  /** Absent wherever mail is sent, or the program is reached from elsewhere: then there is no such page. */
  outbox: ((tenantId: string) => Promise<OutboxMail[]>) | undefined;
}

/** RFC 1122 §3.2.1.3, RFC 4291 §2.5.3, and the former as the latter's sockets write it. */
const FROM_HERE = /^(::1|(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;

const POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * What would have been sent, for development: whoever reads it can take any account over. So it is there only when no
 * mail server is configured and the issuer is this machine, and it answers only a browser on this machine that asked for
 * it under the issuer's own name (a page elsewhere could point a name of its own at 127.0.0.1).
 */
export function outboxRoutes({ issuer, tenantId, outbox }: OutboxRoutesDeps): FastifyPluginAsync {
  const { host, origin } = new URL(issuer);
  return async (app) => {
    if (outbox === undefined) return;
    const isPublic = {
      config: { public: 'development only: asked from this machine, with no mail server configured' },
    };
    const mails = async (request: FastifyRequest) => {
      if (!FROM_HERE.test(request.ip) || request.headers.host !== host) throw httpErrors.path_not_found();
      return outbox(tenantId);
    };
    app.get('/dev/outbox.json', isPublic, async (request, reply) =>
      reply.header('cache-control', 'no-store').send({ items: await mails(request) }),
    );
    app.get('/dev/outbox', isPublic, async (request, reply) =>
      reply
        .headers({
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': POLICY,
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'cache-control': 'no-store',
        })
        .send(page(await mails(request), origin).toString()),
    );
  };
}

function page(mails: readonly OutboxMail[], origin: string): Html {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Outbox · Gatehouse</title></head>
<body>
<main>
<h1>Outbox</h1>
<p>No mail server is configured, so these mails wait here. Add <code>mail</code> to gatehouse.yaml to send them.</p>
${mails.length === 0 && html`<p>There are none.</p>`}
${mails.map(
  ({ id, to, subject, text, createdAt }) => html`<article id="${id}">
<h2>${subject}</h2>
<p>To ${to}, ${new Date(createdAt).toISOString()}</p>
<pre>${linked(text, origin)}</pre>
</article>
`,
)}
</main>
</body>
</html>
`;
}

/** Our own addresses can be followed. */
function linked(text: string, origin: string): (string | Html)[] {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part) => (part.startsWith(`${origin}/`) ? html`<a href="${part}">${part}</a>` : part));
}

import type { FastifyInstance, FastifyReply } from 'fastify';
import { ASSETS, type Asset } from '#signin';
import { httpErrors } from '../errors.ts';
import type { PagesContext } from './pages-context.ts';

/**
 * Style, script and icon of the pages, and the tenant's theme and logo. Their names change with their content, so a
 * browser never needs to ask again.
 */
export function assetRoutes(app: FastifyInstance, { branding, tenantId }: PagesContext): void {
  const own = { config: { public: 'the style of the sign-in pages, the same for everyone' } };
  for (const asset of ASSETS) app.get(asset.path, own, (_, reply) => sendAsset(reply, asset));

  const tenants = { config: { public: 'the logo and the colours that everyone sees who may sign in here' } };
  app.get<{ Params: { file: string } }>('/assets/:file', tenants, async (request, reply) => {
    const asset = branding?.asset(tenantId, `/assets/${request.params.file}`);
    // A page that was shown before the branding changed asks for what no longer is: it goes without.
    if (asset === undefined) throw httpErrors.path_not_found();
    return sendAsset(reply, asset);
  });
}

function sendAsset(reply: FastifyReply, { contentType, body }: Asset): FastifyReply {
  return reply
    .headers({
      'content-type': contentType,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      // An SVG that is opened by itself is a document: it must not be able to do anything.
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
    })
    .send(body);
}

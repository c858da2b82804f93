import type { FastifyInstance } from 'fastify';
import { ASSETS } from '#signin';

/** The stylesheet and the icon. Their names change with their content, so a browser never needs to ask again. */
export function assetRoutes(app: FastifyInstance): void {
  for (const asset of ASSETS) {
    app.get(asset.path, { config: { public: 'the style of the sign-in pages, the same for everyone' } }, (_, reply) =>
      reply
        .headers({
          'content-type': asset.contentType,
          'cache-control': 'public, max-age=31536000, immutable',
          'x-content-type-options': 'nosniff',
          'cross-origin-resource-policy': 'same-origin',
        })
        .send(asset.body),
    );
  }
}

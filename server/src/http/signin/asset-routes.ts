import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ASSETS, type Asset } from '#signin';
import { httpErrors } from '../errors.ts';
import type { PagesContext } from './pages-context.ts';

/**
 * Style, script and icon of the pages, and the tenant's theme and logo. Their names change with their content, so a
 * browser never needs to ask again.
 */
export function assetRoutes(app: FastifyInstance, { branding, tenantId }: PagesContext): void {
  const own = { config: { public: 'the style of the sign-in pages, the same for everyone' } };
  for (const asset of ASSETS) app.get(asset.path, own, (request, reply) => sendAsset(request, reply, asset));

  const tenants = { config: { public: 'the logo and the colours that everyone sees who may sign in here' } };
  app.get<{ Params: { file: string } }>('/assets/:file', tenants, async (request, reply) => {
    const asset = branding?.asset(tenantId, `/assets/${request.params.file}`);
    // A page that was shown before the branding changed asks for what no longer is: it goes without.
    if (asset === undefined) throw httpErrors.path_not_found();
    return sendAsset(request, reply, asset);
  });
}

async function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset): Promise<FastifyReply> {
  const body = acceptsGzip(request) && asset.body.length >= COMPRESSED_FROM_BYTES ? gzipped(asset) : undefined;
  return reply
    .headers({
      'content-type': asset.contentType,
      ...(body === undefined ? {} : { 'content-encoding': 'gzip', vary: 'accept-encoding' }),
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      // An SVG that is opened by itself is a document: it must not be able to do anything.
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
    })
    .send((await body) ?? asset.body);
}

/** The dictionaries of the strength meter; everything else is small. Nothing secret is in an asset (BREACH). */
const COMPRESSED_FROM_BYTES = 65_536;
const compressed = new WeakMap<Asset, Promise<Buffer>>();

/** Once for each, on a thread of its own, when somebody first asks. */
function gzipped(asset: Asset): Promise<Buffer> {
  const known = compressed.get(asset) ?? promisify(gzip)(asset.body);
  compressed.set(asset, known);
  return known;
}

const acceptsGzip = ({ headers }: FastifyRequest) => /\bgzip\b(?!\s*;\s*q=0)/i.test(headers['accept-encoding'] ?? '');

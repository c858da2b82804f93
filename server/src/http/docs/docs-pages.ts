import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { httpErrors } from '../errors.ts';
import { pageOf, resultsOf, type Section } from './layout.ts';
import { INDEX, type Library, openLibrary } from './library.ts';
import type * as Markdown from './markdown.ts';
import type { Found } from './search.ts';

export interface DocsPagesDeps {
  /** Where the Markdown is. */
  docsFolder?: string;
}

const OPEN = { config: { public: 'the documentation of the program holds no data of this instance' } };

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

interface Reader {
  page(name: string): string;
  search(query: string): string;
}

/**
 * The documentation of this very version, where the `type` of a problem document leads: `docs/errors.md` at `/docs/errors`,
 * the index at `/docs`. A browser gets pages, without a script; whoever does not ask for HTML gets the text as it is written.
 */
export function docsPages({ docsFolder = folder() }: DocsPagesDeps): FastifyPluginAsync {
  return async (server: FastifyInstance) => {
    let opened: Library | undefined;
    const library = () => (opened ??= openLibrary(docsFolder));
    const style = readFileSync(new URL('./docs.css', import.meta.url));
    const stylesheet = `/docs/style-${createHash('sha256').update(style).digest('base64url').slice(0, 16)}.css`;
    let reader: Promise<Reader> | undefined;
    const openReader = () => (reader ??= makeReader(library(), stylesheet));

    const sendPage = (reply: FastifyReply, body: string) =>
      reply.type('text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY).send(body);
    const send = async (request: FastifyRequest, reply: FastifyReply, name: string) => {
      const text = library().pages.get(name);
      if (text === undefined) throw httpErrors.path_not_found();
      reply.headers({ 'cache-control': 'no-cache', vary: 'accept' });
      if (!wantsHtml(request)) return reply.type('text/plain; charset=utf-8').send(text);
      return sendPage(reply, (await openReader()).page(name));
    };

    server.get('/docs', OPEN, (request, reply) => send(request, reply, INDEX));
    server.get<{ Querystring: { q?: unknown } }>('/docs/search', OPEN, async ({ query }, reply) => {
      const words = typeof query.q === 'string' ? query.q : '';
      return sendPage(reply.header('cache-control', 'no-cache'), (await openReader()).search(words));
    });
    server.get(stylesheet, OPEN, (_request, reply) =>
      reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=31536000, immutable').send(style),
    );
    server.get<{ Params: { name: string } }>('/docs/pictures/:name', OPEN, ({ params }, reply) => {
      const picture = library().pictures.get(params.name);
      if (picture === undefined) throw httpErrors.path_not_found();
      return reply.type('image/svg+xml').header('cache-control', 'no-cache').send(picture);
    });
    server.get<{ Params: { first: string } }>('/docs/:first', OPEN, (request, reply) =>
      send(request, reply, request.params.first),
    );
    server.get<{ Params: { first: string; second: string } }>('/docs/:first/:second', OPEN, (request, reply) =>
      send(request, reply, `${request.params.first}/${request.params.second}`),
    );
  };
}

/** A browser names `text/html`; curl and fetch say that they take anything. */
function wantsHtml({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') === true;
}

/** What renders, loaded when the first page is asked for; a page is rendered once. */
async function makeReader(library: Library, stylesheet: string): Promise<Reader> {
  const [markdown, { searchIn }]: [typeof Markdown, { searchIn: (of: typeof library) => (query: string) => Found[] }] =
    await Promise.all([import('./markdown.ts'), import('./search.ts')]);
  const { pages } = library;
  const isPage = (name: string) => pages.has(name);
  const sections: Section[] = markdown.tableOfContents(pages.get(INDEX) ?? '').map(({ section, links }) => ({
    section,
    links: links.flatMap(({ words, href }) => {
      const target = markdown.resolveLink(INDEX, href, isPage);
      return target === undefined ? [] : [{ words, href: target }];
    }),
  }));
  const find = searchIn(library);
  const rendered = new Map<string, string>();
  return {
    page(name) {
      const known = rendered.get(name);
      if (known !== undefined) return known;
      const parts = markdown.renderMarkdown(name, pages.get(name) ?? '', isPage);
      const page = pageOf({ ...parts, sections, current: markdown.addressOf(name), stylesheet });
      rendered.set(name, page);
      return page;
    },
    search: (query) =>
      pageOf({
        title: 'Search',
        markup: resultsOf(query, find(query)),
        headings: [],
        sections,
        current: '/docs/search',
        stylesheet,
        query,
      }),
  };
}

function folder(): string {
  return fileURLToPath(new URL('../../../../docs', import.meta.url));
}

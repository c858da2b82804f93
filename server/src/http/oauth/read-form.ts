import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LIMITS } from '#base';
import { oauthErrors, type Params, readParams } from '#oauth';

/** RFC 6749 §3.2 and appendix B: forms, and nothing else. The room reads the text itself, strictly. */
export function acceptFormText(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: LIMITS.formBodyBytesMax },
    async (_request: FastifyRequest, body: string) => body,
  );
}

/** @throws `form_malformed`, `form_too_large`. */
export function formParams({ body }: { body: unknown }): Params {
  return readParams(typeof body === 'string' ? body : '');
}

/** Of the query as it was sent. @throws `form_malformed`, `form_too_large`. */
export function queryParams({ url }: FastifyRequest): Params {
  const mark = url.indexOf('?');
  return readParams(mark === -1 ? '' : url.slice(mark + 1));
}

/** What the framework refuses by itself, in the protocol's words. */
export function toProtocolError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return oauthErrors.form_required();
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return oauthErrors.form_too_large();
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') return oauthErrors.form_malformed();
  return error;
}

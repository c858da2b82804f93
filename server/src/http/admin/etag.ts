import type { FastifyReply, FastifyRequest } from 'fastify';
import { entityTag, readPreconditions } from '../preconditions.ts';

/** Tells a reader which state this is; sent back in If-Match, it says what a writer has seen (docs/adr/0013). */
export function tagState(reply: FastifyReply, tag: string): void {
  reply.header('etag', entityTag(tag));
}

/** What the writer has seen, as a member to be spread. */
export function expectation(request: FastifyRequest) {
  return { expected: readPreconditions(request.headers) };
}

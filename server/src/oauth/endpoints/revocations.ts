import { oauthErrors } from '../errors.ts';
import { type Check, type EndpointRequest, type EndpointResponse, established } from '../protocol/endpoint.ts';
import { param } from '../protocol/read-params.ts';
import type { FeedPage, RevocationFeed } from '../tokens/revocation-feed.ts';
import { CLIENT_CHECKS, type ClientContext, type ClientEndpointDeps, runClientEndpoint } from './client-endpoint.ts';

export interface RevocationsDeps extends ClientEndpointDeps {
  feed: RevocationFeed;
}

interface RevocationsContext extends ClientContext {
  deps: RevocationsDeps;
  page?: FeedPage;
}

/** Below what proxies in between give an answer. */
const WAIT_SECONDS_MAX = 25;
const CURSOR_LENGTH_MAX = 100;
const WAIT = /^(?:[0-9]|1[0-9]|2[0-5])$/;

const REVOCATIONS_CHECKS: readonly Check<RevocationsContext>[] = [...CLIENT_CHECKS, demandResourceServer, readFeed];

/**
 * What was revoked, for servers of APIs that verify tokens themselves: ids and until when they matter, no more. A question
 * with `wait` is answered when there is something to tell. Never throws.
 */
export function revocationsEndpoint(
  deps: RevocationsDeps,
  request: EndpointRequest,
): EndpointResponse | Promise<EndpointResponse> {
  const context: RevocationsContext = { deps, request };
  return runClientEndpoint('revocations', REVOCATIONS_CHECKS, context, () =>
    describePage(established(context, 'page')),
  );
}

/** Ids of people and sessions are for those who are shown them in tokens anyway. */
function demandResourceServer(context: RevocationsContext): undefined {
  const { type, spec } = established(context, 'client');
  if (type === 'public') throw oauthErrors.client_public();
  if ((spec.resourceServerFor ?? []).length === 0) throw oauthErrors.resource_server_required();
}

async function readFeed(context: RevocationsContext): Promise<undefined> {
  const { deps, request } = context;
  const wait = param(request.params, 'wait') ?? '0';
  const cursor = param(request.params, 'cursor');
  if (!WAIT.test(wait) || (cursor !== undefined && cursor.length > CURSOR_LENGTH_MAX)) {
    throw oauthErrors.feed_position_malformed({
      message: `wait is a number of seconds up to ${WAIT_SECONDS_MAX}, and cursor what the answer before said.`,
    });
  }
  const { tenantId } = established(context, 'client');
  let page = deps.feed.read(tenantId, cursor);
  if (page.entries.length === 0 && wait !== '0') {
    await deps.feed.waitForMore(tenantId, Number(wait) * 1000);
    page = deps.feed.read(tenantId, page.cursor);
  }
  context.page = page;
}

function describePage({ cursor, entries, more }: FeedPage): object {
  return {
    cursor,
    more,
    revocations: entries.map(({ kind, id, beforeAt, expiresAt }) => ({
      kind,
      id,
      before: beforeAt,
      expires_at: expiresAt,
    })),
  };
}

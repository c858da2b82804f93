import type { Logger } from '#base';
import type { ExchangeOutcome, Handler, RawHeaders, Reply, RequestHead } from '../exchange.ts';
import { type Problem, problem, problemBody, problemHeaders } from '../problems.ts';
import { ENVOY_PREFIX, envoyOriginal, forwardedOriginal, type Original } from './original-request.ts';
import { headersToRemove } from './removed-headers.ts';

/** What the gateway says of a request that somebody else will carry: a {@link Reply}, `granted` when it may pass. */
export type Check = (head: RequestHead) => Promise<Reply> | Reply;

export interface CheckHandlerParts {
  check: Check;
  /** Only these are believed what the original request was. */
  isProxy: (address: string) => boolean;
  /** Answers what never became a request that could be judged. */
  refuse: (found: Problem) => Reply;
  log: Logger;
}

/** How one kind of proxy asks, and how it must be answered. */
interface Dialect {
  serves: (path: string) => boolean;
  read: (check: RequestHead) => Original;
  allow: (granted: RawHeaders, reply: Reply, original: RequestHead) => RawHeaders;
  deny: (reply: Reply) => { status: number; headers: RawHeaders };
}

const asItIs = ({ status, headers }: Reply) => ({ status, headers });
const both = (granted: RawHeaders, { headers }: Reply) => [...granted, ...headers];

const DIALECTS: readonly Dialect[] = [
  { serves: (path) => path === '/forward-auth', read: forwardedOriginal, allow: both, deny: asItIs },
  { serves: (path) => path === '/auth-request', read: forwardedOriginal, allow: both, deny: inTwoStatuses },
  {
    serves: (path) => path.startsWith(`${ENVOY_PREFIX}/`),
    read: envoyOriginal,
    allow: (granted, reply, { headers }) => {
      const removed = headersToRemove(headers, reply).join(',');
      return [...both(granted, reply), ...(removed === '' ? [] : ['x-envoy-auth-headers-to-remove', removed])];
    },
    deny: belowFiveHundred,
  },
];

/** Answers a proxy's question whether a request may pass. 200 is a yes, and nothing else answers 2xx. */
export function checkHandler({ check, isProxy, refuse, log }: CheckHandlerParts): Handler {
  function judged(dialect: Dialect, original: RequestHead, reply: Reply): Reply {
    const onDone = (outcome: ExchangeOutcome) => reply.onDone({ ...outcome, status: reply.status });
    if (reply.granted !== undefined) {
      const headers = dialect.allow(reply.granted, reply, original);
      return { kind: 'reply', status: 200, headers: [...headers, 'cache-control', 'no-store'], body: '', onDone };
    }
    return { kind: 'reply', ...dialect.deny(reply), body: reply.body, onDone };
  }

  /** What fails in here is a no as well: the transport would cut the connection, which is no answer. */
  async function answered(dialect: Dialect, original: RequestHead): Promise<Reply> {
    let reply: Reply;
    try {
      reply = await check(original);
    } catch (error) {
      log.error({ err: error }, 'a check could not be answered');
      reply = refuse(problem('gateway_failed'));
    }
    return judged(dialect, original, reply);
  }

  return (head) => {
    if (!isProxy(head.remoteAddress)) return refuse(problem('proxy_not_trusted'));
    const path = pathOf(head.target);
    const dialect = DIALECTS.find(({ serves }) => serves(path));
    if (dialect === undefined) return refuse(problem('check_not_known'));
    const read = dialect.read(head);
    if ('malformed' in read) {
      const members = { reason: 'original_request_unclear', unclear: read.malformed };
      return judged(dialect, head, refuse(problem('check_malformed', { members })));
    }
    return answered(dialect, read.head);
  };
}

function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
}

/** A header of one line that nginx can hold beside everything else in its first buffer of 4 KiB. */
const PROBLEM_LENGTH_MAX = 2048;

/**
 * nginx's auth_request knows 401 and 403, and makes 500 of everything else; and it drops the body. So the status that is
 * meant, and the problem document, are in headers too, which a configuration may pass on.
 */
function inTwoStatuses({ status, headers, body }: Reply): { status: number; headers: RawHeaders } {
  const text = asciiJson(String(body));
  const told = ['gatehouse-status', String(status)];
  if (text.length <= PROBLEM_LENGTH_MAX) told.push('gatehouse-problem', text);
  return { status: status === 401 ? 401 : 403, headers: [...headers, ...told] };
}

/**
 * To Envoy's HTTP service a status of 5xx is no answer, but an error of ours, and may be taken for a yes
 * (`failure_mode_allow`). A caller can bring some of them about, so none is said; the one that is meant is in a header.
 */
export function belowFiveHundred({ status, headers }: Reply): { status: number; headers: RawHeaders } {
  return status < 500
    ? { status, headers }
    : { status: 403, headers: [...headers, 'gatehouse-status', String(status)] };
}

function asciiJson(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A refusal of what has no route, no principal and no tenant: counted, not recorded. */
export function refusalOf(nextDecisionId: () => string, onDone: (outcome: ExchangeOutcome) => void) {
  return (found: Problem): Reply => {
    const decisionId = nextDecisionId();
    return {
      kind: 'reply',
      status: found.status,
      headers: problemHeaders(found, ['gatehouse-decision-id', decisionId]),
      body: problemBody(found, decisionId),
      onDone,
    };
  };
}

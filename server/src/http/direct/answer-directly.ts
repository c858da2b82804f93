import { type Server, STATUS_CODES } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type Clock, type IdSource, newId } from '#base';
import type { Metrics } from '../metrics.ts';
import { securityHeaders } from '../security-headers.ts';
import { addressReader } from './caller-address.ts';
import { DirectConnection, type DirectContext } from './direct-connection.ts';
import type { DirectEndpoint, PlainAnswer } from './direct-endpoint.ts';
import { openTurns } from './turns.ts';

export interface DirectDeps extends IdSource {
  issuer: string;
  trustedProxies: readonly string[];
  metrics: Metrics;
}

/** As the framework writes them. */
const JSON_TYPE = 'content-type: application/json; charset=utf-8\r\n';
const KEEP_ALIVE = 'connection: keep-alive\r\nkeep-alive: timeout=65\r\n\r\n';
const CLOSE = 'connection: close\r\n\r\n';

/**
 * Answers `endpoints` in front of the HTTP server: Node's http and the framework's hooks on it cost more than all of a
 * token but its signature (ADR 20). The same endpoints stand in the framework, and are answered there when a request
 * for one is not of the plainest shape; answer-directly.test.ts holds that both answer alike.
 */
export function answerDirectly(
  server: FastifyInstance,
  deps: DirectDeps,
  endpoints: readonly DirectEndpoint[],
  doors: readonly Server[] = [server.server],
): void {
  const shared = {
    endpoints: new Map(endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint])),
    turns: openTurns(),
    addressOf: addressReader(deps.trustedProxies),
    write: responseWriter(deps),
    answered: observer(deps.metrics),
  };
  const contexts = doors.map((door) => standInFront(door, shared));
  server.addHook('preClose', async () => {
    for (const context of contexts) {
      context.draining = true;
      for (const connection of context.connections) connection.drain();
    }
  });
}

type Shared = Pick<DirectContext, 'endpoints' | 'turns' | 'addressOf' | 'write' | 'answered'>;

function standInFront(http: Server, shared: Shared): DirectContext {
  // Of TLS, the connection as it stands once it is decrypted.
  const event = http instanceof TlsServer ? 'secureConnection' : 'connection';
  const behind = http.listeners(event);
  const context: DirectContext = {
    ...shared,
    handOver(socket) {
      for (const listener of behind) Reflect.apply(listener, http, [socket]);
    },
    draining: false,
    connections: new Set(),
  };
  http.removeAllListeners(event);
  http.on(event, (socket: Socket) => {
    // Who comes while we stop is the framework's: it says so, and closes.
    if (context.draining) context.handOver(socket);
    else new DirectConnection(context, socket);
  });
  return context;
}

function responseWriter(deps: DirectDeps): DirectContext['write'] {
  const standing = fieldLines(securityHeaders(deps));
  const dateLine = httpDate(deps.clock);
  return ({ status, headers, body, type }: PlainAnswer, close) => {
    const text = body === undefined ? '' : type === undefined ? JSON.stringify(body) : String(body);
    const typeLine = type === undefined ? JSON_TYPE : `content-type: ${type}\r\n`;
    const length = Buffer.byteLength(text);
    const head =
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${standing}x-request-id: ${newId('access', deps)}\r\n` +
      `${fieldLines(headers)}${body === undefined ? '' : typeLine}` +
      `${status === 304 ? '' : `content-length: ${length}\r\n`}${dateLine()}${close ? CLOSE : KEEP_ALIVE}`;
    return { text: head + text, encoding: length === text.length ? 'latin1' : 'utf8' };
  };
}

/** What our own code wrote. Still looked at: a line break in a value would make it two headers. */
function fieldLines(headers: Readonly<Record<string, string>>): string {
  let lines = '';
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (!/^[\t\x20-\x7e]*$/.test(value)) throw new TypeError(`the header ${name} can't be written`);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/** RFC 9110 §6.6.1. Spelled out once a second. */
function httpDate(clock: Clock): () => string {
  let second = -1;
  let line = '';
  return () => {
    const now = Math.floor(clock.now() / 1000);
    if (now !== second) {
      second = now;
      line = `date: ${new Date(now * 1000).toUTCString()}\r\n`;
    }
    return line;
  };
}

/** The histogram's child for each endpoint and status, found once: labels are a closed set. */
function observer({ requestSeconds }: Metrics): DirectContext['answered'] {
  const children = new Map<string, { observe(seconds: number): void }>();
  return ({ method, path }, status, milliseconds) => {
    const key = `${method} ${path} ${status}`;
    let child = children.get(key);
    if (child === undefined) {
      child = requestSeconds.labels({ method, route: path, status: String(status) });
      children.set(key, child);
    }
    child.observe(milliseconds / 1000);
  };
}

import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

/** A request as both ways to an endpoint know it. */
export interface PlainRequest {
  method: string;
  headers: IncomingHttpHeaders;
  /** Flat name, value, name, value, in the order in which they came. */
  rawHeaders: readonly string[];
  socket: Socket;
  /** The caller's address, as far as proxies are believed. */
  ip: string;
  /** Text of the body; undefined or empty without one. */
  body: unknown;
}

export interface PlainAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it stands when `type` says what it is; nothing is sent when undefined. */
  body?: unknown;
  /** Media type of a body that is text already. */
  type?: string | undefined;
}

/** One that is called so often that a framework's work on a request would be most of what it costs. */
export interface DirectEndpoint {
  method: 'GET' | 'POST';
  path: string;
  /** Never throws. A promise only when something must be waited for. */
  answer(request: PlainRequest): PlainAnswer | Promise<PlainAnswer>;
}

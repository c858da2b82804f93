import { type ClientHttp2Session, connect } from 'node:http2';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { UpstreamTarget } from '../../exchange.ts';
import { endsAfterRead } from './ends-after-read.ts';

const IDLE_MILLISECONDS = 60_000;

/** One connection of HTTP/2 to each origin, on which all streams to it go. */
export class UpstreamSessions {
  readonly #tls: (() => ConnectionOptions) | undefined;
  readonly #sessions = new Map<string, ClientHttp2Session>();

  constructor(tls: (() => ConnectionOptions) | undefined) {
    this.#tls = tls;
  }

  /** The one that stands, or a new one, which may still be connecting. */
  sessionFor(target: UpstreamTarget): ClientHttp2Session {
    const known = this.#sessions.get(target.origin);
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    // RFC 6066 §3: a server name is never an address.
    const name = isIP(target.hostname) === 0 ? { servername: target.hostname } : {};
    const options = { ...this.#tls?.(), ...name, settings: { enablePush: false } };
    const session = endsAfterRead(connect(target.origin, options));
    this.#sessions.set(target.origin, session);
    const forget = () => {
      if (this.#sessions.get(target.origin) === session) this.#sessions.delete(target.origin);
    };
    // Its streams hear of it themselves.
    session.on('error', forget);
    session.on('goaway', forget);
    session.on('close', forget);
    session.setTimeout(IDLE_MILLISECONDS, () => session.close());
    session.unref();
    return session;
  }

  get size(): number {
    return this.#sessions.size;
  }

  close(): void {
    for (const session of this.#sessions.values()) session.close();
  }
}

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionRequestOptions,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { UpstreamTarget } from '../../exchange.ts';
import { closedByUs } from './closed-by-us.ts';
import { endsAfterRead } from './ends-after-read.ts';

const IDLE_MILLISECONDS = 60_000;
/** Until an origin has said how many it takes at once (RFC 9113 §6.5.2: no fewer than this is recommended). */
const STREAMS_ASSUMED = 100;
/** To one origin; calls beyond what they take wait for one that ends. */
const SESSIONS_MAX = 64;

interface Kept {
  readonly session: ClientHttp2Session;
  streams: number;
  streamsMax: number;
  /** It ends with its last stream. */
  isLeft: boolean;
}

/**
 * Connections of HTTP/2 to each origin: one, and another where those that stand have as many streams as the upstream takes.
 * With one alone, whoever keeps a hundred calls open would let nobody else through.
 */
export class UpstreamSessions {
  readonly #tls: (() => ConnectionOptions) | undefined;
  readonly #sessions = new Map<string, Kept[]>();

  constructor(tls: (() => ConnectionOptions) | undefined) {
    this.#tls = tls;
  }

  /** A stream on one that stands, or on a new one, which may still be connecting. */
  request(
    target: UpstreamTarget,
    headers: OutgoingHttpHeaders,
    options: ClientSessionRequestOptions,
  ): { session: ClientHttp2Session; stream: ClientHttp2Stream } {
    const kept = this.#withRoom(target);
    const { session } = kept;
    const stream = session.request(headers, options);
    kept.streams += 1;
    stream.once('close', () => {
      kept.streams -= 1;
      if (kept.streams === 0 && kept.isLeft) session.destroy();
    });
    return { session, stream };
  }

  #withRoom(target: UpstreamTarget): Kept {
    const standing = (this.#sessions.get(target.origin) ?? []).filter(
      ({ session }) => !session.closed && !session.destroyed,
    );
    const free = standing.find(({ streams, streamsMax }) => streams < streamsMax);
    if (free !== undefined) return free;
    const [least] = standing.toSorted((left, right) => left.streams - right.streams);
    if (least !== undefined && standing.length >= SESSIONS_MAX) return least;
    const session = this.#open(target);
    const opened: Kept = { session, streams: 0, isLeft: false, streamsMax: standing[0]?.streamsMax ?? STREAMS_ASSUMED };
    closedByUs(session);
    session.on('goaway', () => leave(opened));
    session.setTimeout(IDLE_MILLISECONDS, () => {
      this.#forget(target, session);
      leave(opened);
    });
    session.on('remoteSettings', ({ maxConcurrentStreams }) => {
      // At least one: an upstream that takes none for now has the call wait.
      opened.streamsMax = Math.max(1, maxConcurrentStreams ?? Number.POSITIVE_INFINITY);
    });
    this.#sessions.set(target.origin, [...standing, opened]);
    return opened;
  }

  #open(target: UpstreamTarget): ClientHttp2Session {
    // RFC 6066 §3: a server name is never an address.
    const name = isIP(target.hostname) === 0 ? { servername: target.hostname } : {};
    const options = { ...this.#tls?.(), ...name, settings: { enablePush: false } };
    const session = endsAfterRead(connect(target.origin, options));
    const forget = () => this.#forget(target, session);
    // Its streams hear of it themselves.
    session.on('error', forget);
    session.on('goaway', forget);
    session.on('close', forget);
    session.unref();
    return session;
  }

  /** No further call goes there. */
  #forget({ origin }: UpstreamTarget, session: ClientHttp2Session): void {
    const others = (this.#sessions.get(origin) ?? []).filter((kept) => kept.session !== session);
    if (others.length > 0) this.#sessions.set(origin, others);
    else this.#sessions.delete(origin);
  }

  get size(): number {
    let size = 0;
    for (const kept of this.#sessions.values()) size += kept.length;
    return size;
  }

  close(): void {
    for (const kept of this.#sessions.values()) for (const each of kept) leave(each);
  }
}

function leave(kept: Kept): void {
  kept.isLeft = true;
  if (kept.streams === 0) kept.session.destroy();
}

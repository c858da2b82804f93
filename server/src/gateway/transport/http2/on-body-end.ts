import type { ServerHttp2Stream } from 'node:http2';

/**
 * Calls `act` when the caller's body is over, also where it was before anybody took it. The library ends a body without a byte
 * as soon as its end has come, and not when it is read (Node 26.9): who listens once there is an upstream would wait for ever.
 */
export function onBodyEnd(stream: ServerHttp2Stream, act: () => void): void {
  if (stream.readableEnded) act();
  else stream.on('end', act);
}

import type { Http2Session } from 'node:http2';

/**
 * A peer that opens no further streams (GOAWAY without an error) has the library close the session, which lets those that
 * stand finish. If he breaks a rule then, it neither reads nor writes any more, and tells nobody (Node 26.9): the connection
 * and all that goes on there would stay for ever, also when he is long gone. So to close it is ours alone.
 * @returns what closes it.
 */
export function closedByUs(session: Http2Session): () => void {
  const close = session.close.bind(session);
  session.close = () => {};
  return close;
}

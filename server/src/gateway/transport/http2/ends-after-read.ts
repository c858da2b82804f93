import type { Http2Session } from 'node:http2';

/**
 * A peer that breaks a rule ends the session while the library is still in the middle of what was read from it. If that goes
 * on to a new stream and its body, nobody is there any more to take the stream, and the library aborts the process
 * (`onread->IsFunction()`, Node 26.9). So a session ends after what was read: streams that come in between are made, and end
 * with it.
 */
export function endsAfterRead<Session extends Http2Session>(session: Session): Session {
  const destroy = session.destroy.bind(session);
  session.destroy = (error, code) => void setImmediate(() => destroy(error, code));
  return session;
}

import { connect } from 'node:net';

export interface RawAnswer {
  /** 0 when the connection ended without an answer. */
  status: number;
  text: string;
}

const ANSWER_MILLISECONDS_MAX = 5_000;

/** Sends bytes (Latin-1) as they are, and gives back what comes until the other side closes. */
export function sendRaw(port: number, bytes: string): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    const done = () => {
      clearTimeout(late);
      socket.destroy();
      resolve({ status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0), text });
    };
    const late = setTimeout(done, ANSWER_MILLISECONDS_MAX);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    // A server that refuses early closes before it has read everything.
    socket.on('error', done).on('close', done);
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}

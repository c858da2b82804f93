import type { Socket } from 'node:net';

/** Names of ALPN (RFC 7301), also where none is spoken. */
export const HTTP1 = 'http/1.1';
export const HTTP2 = 'h2';

/** RFC 9113 §3.4. No request of HTTP/1.1 can begin so. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** Tells HTTP/2 from HTTP/1.1 by how a connection begins, and puts back what was read. Undefined: nothing came in time. */
export function readPreface(socket: Socket, milliseconds: number, done: (protocol: string | undefined) => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => finish(undefined), milliseconds);
  const onGone = () => finish(undefined);

  function finish(protocol: string | undefined): void {
    clearTimeout(timer);
    socket.off('readable', onReadable);
    socket.off('end', onGone);
    socket.off('close', onGone);
    if (bytes.length > 0) socket.unshift(bytes);
    socket.pause();
    done(protocol);
  }

  function onReadable(): void {
    for (let piece: Buffer | null = socket.read(); piece !== null; piece = socket.read()) {
      bytes = bytes.length === 0 ? piece : Buffer.concat([bytes, piece]);
    }
    const length = Math.min(bytes.length, PREFACE.length);
    if (length === 0) return;
    if (bytes.compare(PREFACE, 0, length, 0, length) !== 0) finish(HTTP1);
    else if (length === PREFACE.length) finish(HTTP2);
  }

  socket.on('readable', onReadable);
  socket.once('end', onGone);
  socket.once('close', onGone);
}

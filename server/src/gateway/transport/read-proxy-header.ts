import type { Socket } from 'node:net';
import { parseProxyHeader } from './proxy-header.ts';

/** Takes the PROXY header off a connection, and puts back what came behind it. One of the two is called, once. */
export function readProxyHeader(
  socket: Socket,
  milliseconds: number,
  done: (found: { source: string | undefined }) => void,
  refused: (reason: string) => void,
): void {
  let bytes: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => finish(() => refused('it did not come in time')), milliseconds);
  const onGone = () => finish(() => refused('the connection was closed before it'));

  function finish(then: () => void): void {
    clearTimeout(timer);
    socket.off('readable', onReadable);
    socket.off('end', onGone);
    socket.off('close', onGone);
    then();
  }

  function onReadable(): void {
    for (let piece: Buffer | null = socket.read(); piece !== null; piece = socket.read()) {
      bytes = bytes.length === 0 ? piece : Buffer.concat([bytes, piece]);
    }
    const header = parseProxyHeader(bytes);
    if (header.state === 'incomplete') return;
    finish(() => {
      if (header.state === 'refused') return refused(header.reason);
      socket.pause();
      if (header.length < bytes.length) socket.unshift(bytes.subarray(header.length));
      done({ source: header.source });
    });
  }

  socket.on('readable', onReadable);
  socket.once('end', onGone);
  socket.once('close', onGone);
}

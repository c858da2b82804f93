import { Socket, type SocketConstructorOpts } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { BytesListener, Turn } from './turn.ts';

/**
 * One read buffer for all plain sockets of the process: bytes are copied or used up before the next are read. Without it
 * Node allocates 64 KiB for each read, which is a tenth of the cost of a proxied request.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * The `onread` option of `net.connect`, for plain TCP only: TLS may decrypt while it is being written to.
 * @param wanted asked when something was read, before it is handed out at the end of the turn. False: it is thrown away.
 */
export function readInto(
  turn: Turn,
  listener: BytesListener,
  wanted?: () => boolean,
): { buffer: Buffer; callback: (bytesRead: number) => boolean } {
  return {
    buffer: READ_BUFFER,
    callback: (bytesRead) => {
      if (wanted === undefined || wanted()) turn.read(READ_BUFFER, bytesRead, listener);
      // Reading is stopped by `pause`; `false` here would stop it behind the stream's back.
      return true;
    },
  };
}

/** Reads any duplex socket the ordinary way: each read brings a buffer of its own. */
export function readByEvents(socket: Socket, listener: BytesListener): Socket {
  socket.on('data', (bytes: Buffer) => listener(bytes, 0, bytes.length));
  return socket;
}

interface Handle {
  readStart(): unknown;
  useUserBuffer(buffer: Buffer): unknown;
}

/**
 * Gives an accepted socket the same way of reading. `net.connect` has `onread`, `net.createServer` has not: the handle
 * of the accepted socket is moved into a new `Socket` that has. `_handle` and the `handle` option are no documented
 * interface; where they are not as expected, or for anything but plain TCP, the socket is read by events instead.
 * @param accepted from a server with `pauseOnConnect`, so that nothing was read unless by us.
 */
export function adoptAccepted(accepted: Socket, turn: Turn, listener: BytesListener): Socket {
  const owner: { _handle?: unknown } = Object(accepted);
  const handle = owner._handle;
  // Who was read from before, for a PROXY header, holds bytes that only the socket itself can give.
  if (accepted instanceof TLSSocket || accepted.bytesRead > 0 || !isHandle(handle)) {
    readByEvents(accepted, listener);
    accepted.resume();
    return accepted;
  }
  owner._handle = null;
  // The declared type of `handle` is that of a public class; an accepted socket's is not.
  const options: SocketConstructorOpts = { allowHalfOpen: true, onread: readInto(turn, listener) };
  const socket = new Socket(Object.assign<SocketConstructorOpts, object>(options, { handle }));
  // The server counts its connections by the sockets it made.
  socket.once('close', () => accepted.destroy());
  return socket;
}

function isHandle(value: unknown): value is Handle {
  return (
    typeof value === 'object' &&
    value !== null &&
    'readStart' in value &&
    typeof value.readStart === 'function' &&
    'useUserBuffer' in value &&
    typeof value.useUserBuffer === 'function'
  );
}
